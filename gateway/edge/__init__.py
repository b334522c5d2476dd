"""The one way in for agent calls: path to row, GUID check, contact centre, answer.

`dispatch.Edge` finds the row and its answerer, and passes to the contact centre what is its to perform, whichever it
is. Sign-in, sign-out and what hands out GUIDs are answered by `own_operations`.
"""
