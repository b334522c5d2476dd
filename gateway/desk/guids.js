/** The GUIDs of one session, as the browser got them. Times are ms; what age means is of the gateway's settings. */

/** `facts` has authMode, rehearsal, guidInterval and guidTimeout. */
export class GuidBook {
  constructor(facts) {
    this.facts = facts;
    this.guids = [];
  }

  /** The GUID in use; undefined before the sign-in. */
  get current() {
    return this.guids[0];
  }

  clear() {
    this.guids = [];
  }

  take(guid, now = Date.now()) {
    if (this.current) this.current.until = now;
    this.guids.unshift({ guid, since: now, until: null });
    this.guids.length = Math.min(this.guids.length, 9);
  }

  /** Whether this gateway replaces GUIDs. */
  get rotates() {
    return this.facts.authMode === 2 || this.facts.rehearsal;
  }

  /** How old the current one is, from 0 to 1, where 1 is when the next poll brings its successor. */
  ripeness(now = Date.now()) {
    return this.current && this.rotates ? Math.min(1, (now - this.current.since) / this.facts.guidInterval) : 0;
  }

  /** What there is to say of a GUID now. */
  word({ since, until }, now = Date.now()) {
    const seconds = (ms) => `${Math.max(0, Math.round(ms / 1000))} s`;
    if (until === null) {
      const age = `current, ${seconds(now - since)} old`;
      if (!this.rotates) return `${age}; stays for the whole session (AUTHMODE 1)`;
      const due = this.facts.guidInterval - (now - since);
      return due > 0 ? `${age}; successor due in ${seconds(due)}` : `${age}; the next poll brings its successor`;
    }
    const grace = this.facts.guidTimeout - this.facts.guidInterval - (now - until);
    const used = `used for ${seconds(until - since)}`;
    if (this.facts.rehearsal) return `${used}, replaced; accepted while the rehearsal lasts`;
    return grace > 0 ? `${used}, replaced; accepted for ${seconds(grace)} more` : `${used}, replaced; no longer accepted`;
  }
}
