'use strict';
// A clock that stands still until it is told to go on, with the timers that hang on it. Installed before anything
// else is loaded, so that two runs give the same bytes.

const START_MS = 1_700_000_000_000;
const turn = setImmediate;

class Clock {
    constructor() {
        this.nowMs = START_MS;
        this.timers = new Map();
        this.count = 0;
    }

    install() {
        const clock = this;
        const RealDate = Date;
        globalThis.Date = class extends RealDate {
            constructor(...parts) {
                if (parts.length) super(...parts);
                else super(clock.nowMs);
            }
            static now() {
                return clock.nowMs;
            }
        };
        globalThis.setTimeout = (work, ms = 0, ...rest) => this.start(() => work(...rest), ms, null);
        globalThis.setInterval = (work, ms = 0, ...rest) => this.start(() => work(...rest), ms, Math.max(1, ms));
        globalThis.clearTimeout = globalThis.clearInterval = (timer) => this.timers.delete(Number(timer));
        Math.random = () => 0.5;
    }

    start(work, ms, every) {
        const id = ++this.count;
        this.timers.set(id, {at: this.nowMs + (Number(ms) || 0), id, work, every});
        const handle = {unref: () => handle, ref: () => handle, hasRef: () => true, refresh: () => handle};
        handle[Symbol.toPrimitive] = () => id;
        handle.close = () => this.timers.delete(id);
        return handle;
    }

    next() {
        let first;
        for (const timer of this.timers.values()) if (!first || timer.at < first.at) first = timer;
        return first;
    }

    fire(timer) {
        this.nowMs = Math.max(this.nowMs, timer.at);
        if (timer.every === null) this.timers.delete(timer.id);
        else timer.at = this.nowMs + timer.every;
        timer.work();
    }

    // Go on to a time; what is due on the way is done in its order.
    async advance(toMs) {
        for (let n = 0; n < 1000; n++) {
            const timer = this.next();
            if (!timer || timer.at > toMs) break;
            this.fire(timer);
            await this.quiet();
        }
        this.nowMs = Math.max(this.nowMs, toMs);
    }

    // Let everything run that needs no time.
    async quiet() {
        for (let n = 0; n < 3; n++) await new Promise((done) => turn(done));
    }

    // Await a promise; where it needs time to pass, time passes. False: it did not end within the limit.
    async settle(promise, limitMs = 120_000) {
        let done = false;
        const ended = promise.then(
            () => (done = true),
            () => (done = true),
        );
        await Promise.race([ended, this.quiet()]);
        const until = this.nowMs + limitMs;
        for (let n = 0; n < 1000 && !done; n++) {
            await this.quiet();
            if (done) break;
            const timer = this.next();
            if (!timer || timer.at > until) break;
            this.fire(timer);
        }
        return done;
    }

    clear() {
        this.timers.clear();
        this.nowMs = START_MS;
    }
}

module.exports = {Clock, START_MS};
