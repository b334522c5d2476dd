"""An existing contact centre behind the gateway, over the CC-Gateway interface (BACKEND = upstream).

**Whose business is what.** Sessions, GUIDs and time limits of clients are the gateway's, as with any backend. Who an
agent is, whether a password is right, what an operation needs and does: that is the service's, and its answers go back
as they are. Its GUID of each session (its own rotation followed) is kept in the agent's record, sealed, so that every
node can use it.

- `service_client.ServiceClient` is the HTTP side: one pool for calls, one for polls, time-outs, and how the service
  does; `service_answers` reads what comes. Below it are `service_link` (connections, and whose turn it is),
  `service_addresses` (where the name leads), `service_connection` and `answer_parser` (one connection).
- `counterpart` is what a session here keeps of its counterpart there: keys, sealed, and the pure rules of their change.
- `session_client.SessionClient` asks under the newest GUID and finds out when the session is over there.
- `event_fetchers.EventFetcher` fetches the events of one session, `event_fetchers.EventFetchers` decides for which
  sessions this process does.
- `upstream_sign_in.UpstreamSignIn` signs in, `upstream_centre.UpstreamCentre` is the whole behind the seam
  (`gateway.backend.Backend`).
"""
