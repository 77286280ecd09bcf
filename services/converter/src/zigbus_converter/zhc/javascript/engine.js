// What converters expect of their runtime and a bare engine lacks: modules, clock, timers, text codecs, console, and
// the parts of the language that came after 2020. Runs before core.js.
"use strict";
(() => {
    const zigbus = (globalThis.zigbus = {modules: {}, now: 0, timeAttributes: () => ({})});

    // ---- modules: those of core.js run when asked for, those of other scripts when defined and asked for ----

    const loaded = new Map();
    const definitions = new Map();

    // "../lib/tuya" as seen from a device file; "./x" and "../x" of user files mean the converters' own folders too
    const absolute = (name) =>
        name
            .replace(/^node:/, "")
            .replace(/\.js$/, "")
            .replace(/\/$/, "")
            .replace(/^(\.\.?\/)+(?=(lib|converters|devices)\/)/, "zigbee-herdsman-converters/")
            .replace(/^\.\/(?=[^/]+$)/, "zigbee-herdsman-converters/devices/")
            .replace(/^zigbee-herdsman-converters\/dist\//, "zigbee-herdsman-converters/")
            .replace(/^\.\.$|^(\.\.\/)+index$/, "zigbee-herdsman-converters");

    zigbus.define = (name, run) => {
        definitions.set(absolute(name), run);
        loaded.delete(absolute(name));
    };
    zigbus.forget = (name) => {
        definitions.delete(absolute(name));
        loaded.delete(absolute(name));
    };

    zigbus.require = (asked) => {
        const name = absolute(asked);
        const core = zigbus.modules[name];
        if (core) return core();
        if (loaded.has(name)) return loaded.get(name).exports;
        const run = definitions.get(name);
        if (!run) throw new Error(`Cannot find module '${asked}'`);
        const module = {exports: {}};
        loaded.set(name, module);
        try {
            run(module.exports, zigbus.require, module);
        } catch (error) {
            loaded.delete(name);
            throw error;
        }
        return module.exports;
    };

    // A list whose functions are called when their place is asked for.
    zigbus.lazy = (list) => {
        list.forEach((make, place) => {
            if (typeof make !== "function") return;
            const get = () => {
                const value = make();
                Object.defineProperty(list, place, {value, writable: true, enumerable: true, configurable: true});
                return value;
            };
            Object.defineProperty(list, place, {get, enumerable: true, configurable: true});
        });
        return list;
    };

    // ---- clock: the time of the call that is worked on, so that a replayed message gives the same again ----

    const EngineDate = Date;
    const parse = (text) => {
        const ms = EngineDate.parse(text);
        if (!Number.isNaN(ms)) return ms;
        const named = /^(\w{3})\w* (\d+), (\d{4}) (\S+) (?:UTC|GMT)([+-]\d\d):?(\d\d)$/.exec(text); // January 01, 2000 00:00:00 UTC+00:00
        if (named) return EngineDate.parse(`Sat ${named[1]} ${named[2]} ${named[3]} ${named[4]} GMT${named[5]}${named[6]}`);
        const [, year, month, day] = /^(\d{4})-(\d\d?)-(\d\d?)$/.exec(text) ?? []; // not padded: local time
        return year && month <= 12 && day <= 31 ? new EngineDate(year, month - 1, day).getTime() : NaN;
    };
    globalThis.Date = class Date extends EngineDate {
        constructor(...args) {
            if (args.length === 0) super(zigbus.now);
            else if (args.length === 1 && typeof args[0] === "string") super(parse(args[0]));
            else super(...args);
        }
        static now() {
            return zigbus.now;
        }
        static parse(text) {
            return parse(text);
        }
    };
    globalThis.performance = {now: () => zigbus.now};

    // ---- timers: started here, kept by the service ----

    class Timeout {
        constructor(id) {
            this.id = id;
        }
        ref() {
            return this;
        }
        unref() {
            return this;
        }
        hasRef() {
            return false;
        }
        [Symbol.toPrimitive]() {
            return this.id;
        }
    }
    const timers = new Map();
    let lastTimer = 0;
    zigbus.timerStarted = () => {}; // (id, ms), set by the host
    zigbus.timerStopped = () => {};

    const start = (run, ms, args, repeats) => {
        const id = ++lastTimer;
        const after = Math.max(Number(ms) || 0, repeats ? 1 : 0);
        timers.set(id, {run: () => run(...args), repeats: repeats ? after : null});
        zigbus.timerStarted(id, after);
        return new Timeout(id);
    };
    const stop = (timer) => {
        const id = timer instanceof Timeout ? timer.id : timer;
        if (timers.delete(id)) zigbus.timerStopped(id);
    };
    zigbus.fire = (id) => {
        const timer = timers.get(id);
        if (!timer) return;
        if (timer.repeats === null) timers.delete(id);
        else zigbus.timerStarted(id, timer.repeats);
        timer.run();
    };
    globalThis.setTimeout = (run, ms, ...args) => start(run, ms, args, false);
    globalThis.setInterval = (run, ms, ...args) => start(run, ms, args, true);
    globalThis.setImmediate = (run, ...args) => start(run, 0, args, false);
    globalThis.clearTimeout = globalThis.clearInterval = globalThis.clearImmediate = stop;
    globalThis.queueMicrotask = (run) => void Promise.resolve().then(run);

    // ---- text ----

    globalThis.TextEncoder = class TextEncoder {
        encode(text = "") {
            const bytes = [];
            for (const character of String(text)) {
                const code = character.codePointAt(0);
                if (code < 0x80) bytes.push(code);
                else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
                else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
                else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
            }
            return new Uint8Array(bytes);
        }
    };
    globalThis.TextDecoder = class TextDecoder {
        decode(bytes) {
            return zigbus.require("buffer").Buffer.from(bytes ?? []).toString("utf8");
        }
    };
    globalThis.console = Object.fromEntries(["log", "debug", "info", "warn", "error"].map((name) => [name, () => {}]));
    globalThis.process = {env: {}, nextTick: (run, ...args) => queueMicrotask(() => run(...args))};
    globalThis.global = globalThis;

    // ---- the language after 2020 ----

    const add = (target, name, value) => {
        if (!(name in target)) Object.defineProperty(target, name, {value, writable: true, configurable: true});
    };
    add(Object, "hasOwn", (object, key) => Object.prototype.hasOwnProperty.call(object, key));
    add(Object, "groupBy", (items, keyOf) => {
        const groups = {};
        let index = 0;
        for (const item of items) (groups[keyOf(item, index++)] ??= []).push(item);
        return groups;
    });
    add(globalThis, "structuredClone", (value) => (value === undefined ? value : JSON.parse(JSON.stringify(value))));
    function at(index) {
        const place = Math.trunc(index) || 0;
        return this[place < 0 ? this.length + place : place];
    }
    function findLastIndex(test) {
        for (let i = this.length - 1; i >= 0; i--) if (test(this[i], i, this)) return i;
        return -1;
    }
    for (const type of [Array, String, Uint8Array]) add(type.prototype, "at", at);
    for (const type of [Array, Uint8Array]) {
        add(type.prototype, "findLastIndex", findLastIndex);
        add(type.prototype, "findLast", function (test) {
            return this[findLastIndex.call(this, test)];
        });
    }
    add(Array.prototype, "toSorted", function (compare) {
        return [...this].sort(compare);
    });
    add(Array.prototype, "toReversed", function () {
        return [...this].reverse();
    });
    add(String.prototype, "replaceAll", function (what, by) {
        return what instanceof RegExp ? this.replace(what, by) : this.split(what).join(by);
    });
    if ((0.5).toString(16) !== "0.8") {
        // this engine prints fractions in base 10 whatever is asked
        const print = Number.prototype.toString;
        Number.prototype.toString = function (radix = 10) {
            const value = Number(this);
            if (radix === 10 || Number.isInteger(value) || !Number.isFinite(value)) return print.call(value, radix);
            const whole = Math.trunc(Math.abs(value));
            let digits = "";
            for (let rest = Math.abs(value) - whole; rest > 0 && digits.length < 1074; ) {
                rest *= radix;
                digits += print.call(Math.trunc(rest), radix);
                rest -= Math.trunc(rest);
            }
            return `${value < 0 ? "-" : ""}${print.call(whole, radix)}.${digits}`;
        };
    }
})();
