"""A small contact centre inside the gateway (design section 10). How it is built, and how to add to it:

**Two places of truth.** An agent's *state* (idle, busy, talking, skills, switches) is in its record in the store, right
on every node. *Calls*, queues and phones are in `core.world.World`, in this process. `World.desks` mirrors states for
look-ups; before anything depends on one, the record decides.

**core/** knows no I/O: functions take an `Outcome` (time in, effects out), the `World` and what they act on. They check
first and raise Refused before they change anything. Tables: `legality.LEGAL` (operation -> stages of the call, codes),
`missions.MISSIONS` (why a party was asked into a call -> what follows when it answers or fails),
`transferring.WAYS`, `timers.TIMERS`, `notices.NOTICES` (short name -> event type and content);
`state_machine.TRANSITIONS` and `DEFERRED`, `occupation.Way` and `free` for states.

**The shell**: `switchboard.Switchboard` runs turns (`turn.Turn`), one at a time; `forwards` finds who takes an agent's
calls; `records.Records` changes states atomically;
`courier.Courier` brings events and final states, later when the store is away; `scheduler.Scheduler` has the time;
`simulated.Customers` plays everyone outside who talks, `simulated_chats.ChatCustomers` everyone who writes,
`simulated_phones.Phones` whoever uses an agent's phone by hand;
`watching.Watch` tells inspectors who signs in and out. `parts.Parts` holds all of these for performers.

**Adding an operation.** Its row is in `operations/<group>.py`. Write `performers/<group>.py`:

    def performers(parts: Parts) -> dict[str, Performer]:
        group = _Group(parts)
        return {"queryThing": group.query, "changeThing": group.change}

and add it to `groups.GROUPS`. A performer takes the `Call` (record, validated parameters and body) and returns the
JSON value of `result` (NOTHING for `{}`), or raises Refused with a code of `wire/retcodes.py`.

- *A query* reads `parts.world` (calls, queues, desks) without a turn. States of all agents on all nodes: `live()` and
  `read()` of `parts.service.store`.
- *A change of an agent's state alone:* `await parts.records.change(agent_id, session_id, transition)`, never inside a
  turn: an agent who becomes idle may get a waiting call, and that is a turn.
- *A change of calls* is a turn:

      async with parts.board.turn() as turn:
          desk = turn.desk(call)              # 100-007 when another process holds the agent's call
          await turn.occupy(desk, Way.OWN)    # only where the agent may be in no call yet; undone if the turn raises
          holding.hold(turn.out, turn.world, desk.session_id)

  Leaving the block brings the events, sets timers and gives waiting calls to free agents. Only Refused and
  StoreUnavailable may leave it, and only before `core` has changed anything.
- *An event for anybody:* `turn.out.add(Tell(agent_id, session_id, type, content))`, or `parts.queue.append` outside a
  turn. Types and contents are those of `events/catalogue.py`; tests hold every event against it.
- *A new event:* a row of `events/catalogue.py`, its content in `events/contents.py`, a transcript in tests/transcripts
  that has it, and its line in `test_catalogue.SHOWN`; `scripts/docs.py` lists it.
- *What is no call* (inspection, chat, conference, playing): its model is in `core.besides.Besides`, its rules are a
  file of `core` beside those of calls. What every turn brings with it (somebody signed out or hung up, a place became
  free) is a row of `aftermath.RULES`; what runs out is a row of `timers.BESIDES`.
"""
