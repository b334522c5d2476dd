"""A small contact centre, in one process and in memory. It knows no sessions, no GUIDs, no store and no HTTP.

What it does on the wire is told in docs/contact_centre.md, docs/protocol.md and docs/events.md.

**Where things are.** `centre.ContactCentre` is what the gateway sees (`gateway.backend.Backend`): it validates an
operation by the models of its row and has it performed. `presence` is how agents come and go.
`operations/<group>/` has everything of one group: `rows` with their models, `actions`, and where an answer shows much
`views`. `floor/` is the state and its rules: `world` (calls, queues, activities), `roster` (who is signed in and in
which state), `switchboard` (transactions). `customers/` plays everyone outside: who calls, who writes, who uses an
agent's phone by hand; `gateway.sim_pages` steers them.

**floor/** knows no I/O: its functions take the `Effects` (time in, what follows out), the `World` and what they act on.
They check first and raise Refused before they change anything. Tables: `legality.LEGAL` (operation -> stages of the
call, codes), `inviting.FOLLOW_UPS` (why a party was asked into a call -> what follows when it answers or fails),
`transferring.WAYS`, `switchboard.TIMERS`, `notices.NOTICES` (short name -> event type and content),
`state_machine.TRANSITIONS`, `DEFERRED` and `FORCED` for states, `CallOrigin` and `free` for states in calls.

**Adding an operation.** Its row goes into `operations/<group>/rows.py` with its models, and what it does into
`actions.py`, under the name of the row:

    def actions(services: CentreServices) -> dict[str, Action]:
        group = _Things(services)
        return {"queryThing": group.query, "changeThing": group.change}

    async def query(self, invocation: Invocation[QueryParameters]) -> object: ...

A new group is a folder and a line in `centre.GROUPS` and in gateway/rows.py. An action takes the `Invocation` (the desk
of who asks, validated parameters and body) and returns the JSON value of `result` (NOTHING for `{}`), or raises Refused
with a code of `wire/retcodes.py`.

- *A query* reads `services.world` and `directory`.
- *A change of an agent's state alone:* `services.roster.change(desk, step)` with a step of `state_machine`, or
  `services.roster.set(desk, ...)`; never inside a transaction: an agent who becomes idle may get a waiting call, and
  that is a transaction.
- *A change of calls* is a transaction:

      with services.board.transaction() as transaction:
          transaction.occupy(invocation.desk, CallOrigin.OWN)  # only where the agent may be in no call yet
          midcall.hold(transaction.out, transaction.world, invocation.desk.session_id)

  Leaving the block tells the agents, sets timers and gives waiting calls to free agents; where it raises, agents who
  were occupied are what they were. Nothing in it waits, so no other comes between.
- *An event for anybody:* `transaction.out.tell_desk(desk, ...)`, or `services.roster.tell(desk, events)` outside of
  one. Types and contents are those of `event_catalogue.py`; tests hold every event against it.
- *A new event:* a row of `event_catalogue.py`, its content in `event_contents.py`, a transcript in tests/transcripts
  that has it, and its line in `test_catalogue.SHOWN`; docs/events.md is made from the rows.
- *What is no call* (inspection, chat, conference, playing): its model is in `floor/activities.py`, its rules are a file
  of `floor/` beside those of calls. What every transaction brings with it (somebody signed out or hung up, a place
  became free) is a row of `switchboard.AT_THE_END`; what runs out is a row of `switchboard.ACTIVITIES`.
"""
