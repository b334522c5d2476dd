"""An existing contact centre behind the gateway, over the CC-Gateway interface (BACKEND = upstream; design section 10).

**Whose business is what.** Sessions, reservations, GUIDs and time limits of clients are ours, as with any backend. Who
an agent is, whether a password is right, what an operation needs and does: that is the service's, and its answers go
back as they are. Its GUID of each session (its own rotation followed) is kept in the agent's record, sealed, so that
every node can use it.

- `service.Service` is the HTTP side: one pool for calls, one for polls, time-outs, `answers` to read what comes.
- `seal.Sealer` encrypts what is kept; `rules` say how it changes, as pure rules over the record.
- `messenger.Messenger` asks under the newest GUID and finds out when the session is over there.
- `line.Line` fetches the events of one session, `lines.Lines` decides which lines this process has.
- `entrance.Entrance` signs in, `centre.UpstreamCentre` is the whole as the edge sees it.
"""
