"""The one way in for agent calls: path to row, GUID check, contact centre, answer.

`dispatch.Edge` finds the row and its answerer. Sign-in, sign-out and what hands out GUIDs (`polling`) are answered
here; every other operation is passed to the contact centre (`operations`), whichever it is.
"""
