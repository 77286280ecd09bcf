// What the service asks of definitions, and what they want done in answer. Every request gets a step: effects in order,
// timers, and whether the call has come to its end. A promise for something over the air is settled by a later answer.
// Runs after devices.js. `zigbus.begin(json)` starts a request; when all promise jobs have run, `zigbus.end()` returns
// the step as JSON.
"use strict";
(() => {
    const {zigbus} = globalThis;
    const {Zcl} = zigbus.require("zigbee-herdsman");
    const {Buffer} = zigbus.require("buffer");
    const converters = zigbus.require("zigbee-herdsman-converters");
    const utils = zigbus.require("zigbee-herdsman-converters/lib/utils");
    const {Device} = zigbus.classes;
    const {devices} = zigbus;

    const KINDS = {report: "attributeReport", read_response: "readResponse", write: "write"};
    const EFFECTS_LIMIT = 2000; // of one step; more is an endless loop that yields

    let step = {effects: [], timers: []};
    let lastId = 0;
    const pending = new Map(); // id of an effect over the air -> {resolve, reject}
    const prepared = new Map(); // "file/index/label" -> definition
    const uses = new Map(); // ieee -> how a device is converted

    // ---- effects ----

    zigbus.effect = (effect) => {
        if (step.effects.length >= EFFECTS_LIMIT) step.flooded = true;
        if (step.flooded) throw new Error(`more than ${EFFECTS_LIMIT} effects at once`);
        step.effects.push(effect);
    };
    zigbus.ask = (effect) =>
        new Promise((resolve, reject) => {
            const id = ++lastId;
            pending.set(id, {resolve, reject});
            zigbus.effect({...effect, id});
        });
    zigbus.log = (level, text) => zigbus.effect({op: "log", level, text: String(text)});
    zigbus.timerStarted = (id, ms) => step.timers.push([id, ms]);
    zigbus.timerStopped = (id) => zigbus.effect({op: "timer_stopped", timer: id});
    zigbus.changed = (device) => void uses.get(device.ieeeAddr)?.numbers.clear();

    const spoken = (text) => (typeof text === "function" ? text() : text);
    converters.setLogger({
        debug: () => {},
        info: (text) => zigbus.log("info", spoken(text)),
        warning: (text) => zigbus.log("warning", spoken(text)),
        error: (text) => zigbus.log("error", spoken(text)),
    });

    function fault(error) {
        const known = error !== null && typeof error === "object";
        const text = known ? String(error.message ?? error) : String(error);
        return {text, name: known ? (error.name ?? "Error") : "Error", stack: known ? String(error.stack ?? "") : "", effect: known ? error.effect : undefined};
    }

    // Follows a call that may be a promise to its end, which the step of that moment tells.
    function settle(call, outcome, use = (value) => value) {
        const done = (value) => (step.done = {call, result: use(value)});
        const failed = (error) => (step.done = {call, error: fault(error)});
        if (outcome && typeof outcome.then === "function") outcome.then(done).catch(failed);
        else done(outcome);
    }
    function attempt(call, run, use) {
        try {
            settle(call, run(), use);
        } catch (error) {
            step.done = {call, error: fault(error)};
        }
    }

    // ---- frames ----

    // Buffer.from(hex, "hex"), three times as fast in a small engine.
    const digit = new Uint8Array(128);
    [..."0123456789abcdef"].forEach((character, value) => (digit[character.charCodeAt(0)] = value));
    function bytes(hex) {
        const buffer = Buffer.allocUnsafe(hex.length >> 1);
        for (let i = 0; i < buffer.length; i++) buffer[i] = (digit[hex.charCodeAt(2 * i)] << 4) | digit[hex.charCodeAt(2 * i + 1)];
        return buffer;
    }

    zigbus.encode = (cluster, command, payload, specific) => {
        const frameType = specific ? Zcl.FrameType.SPECIFIC : Zcl.FrameType.GLOBAL;
        const frame = Zcl.Frame.create(frameType, Zcl.Direction.CLIENT_TO_SERVER, true, undefined, 0, command, cluster, payload, {}, 0);
        return zigbus.hex(frame.toBuffer().slice(3));
    };
    zigbus.decode = (clusterId, command, payload, {specific, fromServer, manufacturer, sequence}, customClusters) => {
        const header = {
            length: 0, isGlobal: !specific, isSpecific: specific, manufacturerCode: manufacturer ?? undefined, transactionSequenceNumber: sequence,
            commandIdentifier: command,
            frameControl: {
                frameType: specific ? Zcl.FrameType.SPECIFIC : Zcl.FrameType.GLOBAL, manufacturerSpecific: manufacturer != null,
                direction: fromServer ? Zcl.Direction.SERVER_TO_CLIENT : Zcl.Direction.CLIENT_TO_SERVER, disableDefaultResponse: true, reservedBits: 0,
            },
        };
        return Zcl.Frame.fromBuffer(clusterId, header, bytes(payload), customClusters);
    };
    // Values of attributes by name, as converters want them; what is not valid by the tables is left out.
    zigbus.named = (device, cluster, items, manufacturer) => {
        let code = manufacturer ?? undefined;
        if (code === undefined && device.manufacturerID === Zcl.ManufacturerCode.LEGRAND_GROUP) {
            code = device.manufacturerID; // these devices forget to say so in the frame
            cluster = Zcl.Utils.getCluster(cluster.name, code, device.customClusters);
        }
        const values = {};
        for (const {attrId, attrData, status} of items) {
            if (status) continue;
            const attribute = Zcl.Utils.getClusterAttribute(cluster, attrId, code);
            if (!attribute) {
                values[attrId] = attrData;
                continue;
            }
            try {
                values[attribute.name] = Zcl.Utils.processAttributePostRead(attribute, attrData);
            } catch {
                // out of the limits of the attribute: as if it had not been said
            }
        }
        return values;
    };
    zigbus.answered = (clusterId, hex) => zigbus.decode(clusterId, 0x01, hex, {specific: false, fromServer: true}, {}).payload;

    // What a message carries of its frame; the rarer parts are made when they are asked for.
    class FrameMeta {
        constructor(f) {
            Object.defineProperty(this, "frame", {value: f});
            this.zclTransactionSequenceNumber = f.sequence;
            this.manufacturerCode = f.manufacturer ?? undefined;
        }
        get frameControl() {
            const {kind, manufacturer, from_server} = this.frame;
            return {frameType: kind === "command" ? 1 : 0, manufacturerSpecific: manufacturer != null, direction: from_server ? 1 : 0, disableDefaultResponse: true, reservedBits: 0};
        }
        get rawData() {
            return rawFrame(this.frame);
        }
    }

    const told = (device, endpoint, f, type, data, cluster) => ({
        type, device, endpoint, data, cluster, linkquality: f.lqi ?? undefined, groupID: f.group ?? 0, meta: new FrameMeta(f),
    });

    // A message as converters know it, or null for a frame that is none of their business.
    function message(device, endpoint, f) {
        const code = f.manufacturer ?? undefined;
        try {
            const command = COMMANDS[f.kind];
            if (command !== undefined) {
                const cluster = Zcl.Utils.getCluster(f.cluster, code, device.customClusters);
                const items = f.values
                    ? f.values.map(([attrId, attrData]) => ({attrId, attrData}))
                    : zigbus.decode(f.cluster, command, f.payload, {specific: false, fromServer: true, manufacturer: code}, device.customClusters).payload;
                const data = zigbus.named(device, cluster, items, code);
                if (f.kind !== "write") {
                    if (cluster.name === "genBasic") device.updateGenBasic(data);
                    endpoint.learn(cluster, data);
                }
                return told(device, endpoint, f, KINDS[f.kind], data, cluster.name);
            }
            if (f.kind === "command") {
                const how = {specific: true, fromServer: f.from_server, manufacturer: code, sequence: f.sequence};
                const frame = zigbus.decode(f.cluster, f.command, f.payload, how, device.customClusters);
                const {name} = frame.command;
                return told(device, endpoint, f, `command${name[0].toUpperCase()}${name.slice(1)}`, frame.payload, frame.cluster.name);
            }
            if (f.command === 0x00) return readRequest(device, endpoint, f);
            if (f.command !== null && f.command !== undefined && !f.malformed) return null;
        } catch {
            // a frame that the tables cannot read goes to converters as it is
        }
        const {name} = Zcl.Utils.getCluster(f.cluster, device.manufacturerID, device.customClusters);
        return told(device, endpoint, f, "raw", rawFrame(f), Number.isNaN(Number(name)) ? name : Number(name));
    }

    function readRequest(device, endpoint, f) {
        const how = {specific: false, fromServer: f.from_server, manufacturer: f.manufacturer, sequence: f.sequence};
        const frame = zigbus.decode(f.cluster, 0x00, f.payload, how, device.customClusters);
        device.customReadResponse?.(frame, endpoint);
        const data = frame.payload.map(({attrId}) => Zcl.Utils.getClusterAttribute(frame.cluster, attrId, f.manufacturer ?? undefined)?.name ?? attrId);
        return told(device, endpoint, f, "read", data, frame.cluster.name);
    }

    const COMMANDS = {report: 0x0a, read_response: 0x01, write: 0x02};

    function rawFrame(f) {
        const payload = bytes(f.payload);
        if (f.kind === "frame" && f.frame_control == null) return payload; // the header itself could not be read
        const code = f.manufacturer ?? undefined;
        const specific = f.kind === "command" || (f.kind === "frame" && (f.frame_control & 3) === 1);
        const control = f.frame_control ?? ((specific ? 1 : 0) | (code !== undefined ? 4 : 0) | (f.from_server || !specific ? 8 : 0) | 0x10);
        const maker = code !== undefined ? [code & 0xff, code >> 8] : [];
        return Buffer.concat([Buffer.from([control, ...maker, f.sequence, COMMANDS[f.kind] ?? f.command ?? 0]), payload]);
    }

    // ---- what is heard ----

    const selected = (use, cluster, type) => {
        const key = `${cluster}/${type}`;
        let list = use.selected.get(key);
        if (!list) {
            const fits = (converter) => converter.cluster === cluster && (Array.isArray(converter.type) ? converter.type.includes(type) : converter.type === type);
            list = use.definition.fromZigbee.filter(fits);
            use.selected.set(key, list);
        }
        return list;
    };

    function calibrated(use, payload) {
        if (!use.numbers.size) {
            for (const expose of exposesOf(use, {})) {
                if (expose.property && !use.numbers.has(expose.property)) use.numbers.set(expose.property, expose.name);
            }
            use.numbers.set("", undefined); // not empty any more
        }
        for (const key of Object.keys(payload)) {
            const name = use.numbers.get(key);
            const value = payload[key];
            if (!name || !(name in utils.calibrateAndPrecisionRoundOptionsDefaultPrecision) || typeof value !== "number" || Number.isNaN(value)) continue;
            payload[key] = utils.calibrateAndPrecisionRoundOptions(value, use.options, name);
        }
        return payload;
    }

    const publisher = (use) => (payload) => {
        zigbus.effect({ieee: use.device.ieeeAddr, op: "heard", payload: calibrated(use, {...payload})});
        return Promise.resolve();
    };

    function receive(request) {
        const use = useOf(request.ieee);
        const {device} = use;
        const f = request.frame;
        const endpoint = device.getEndpoint(f.endpoint) ?? device.createEndpoint(f.endpoint);
        device.lastSeen = zigbus.now;
        if (f.lqi != null) device.linkquality = f.lqi;
        const heard = message(device, endpoint, f);
        const list = heard ? selected(use, heard.cluster, heard.type) : [];
        step.converted = list.length > 0;
        if (!list.length) return settle(request.call, undefined);
        const publish = publisher(use);
        const meta = {device, state: use.state, deviceExposesChanged: exposesChanged(use), logger: quiet};
        const failed = (converter) => (error) =>
            step.effects.push({op: "failed", converter: `${use.definition.model} ${converter.cluster}/${[converter.type].flat().join(",")}`, error: fault(error)});
        const from = (start, gathered) => {
            let payload = gathered;
            for (let i = start; i < list.length; i++) {
                let result;
                try {
                    result = list[i].convert(use.definition, i === list.length - 1 ? heard : {...heard}, publish, use.options, meta);
                } catch (error) {
                    failed(list[i])(error);
                    continue;
                }
                if (result && typeof result.then === "function") {
                    return result.catch(failed(list[i])).then((late) => from(i + 1, late ? {...payload, ...late} : payload));
                }
                if (result && typeof result === "object") payload = {...payload, ...result};
            }
            if (Object.keys(payload).length) publish(payload);
            return undefined;
        };
        attempt(request.call, () => from(0, {}));
    }

    const quiet = {debug() {}, info() {}, warning() {}, error() {}};
    const exposesChanged = (use) => () => {
        use.numbers.clear();
        step.exposes_changed = true;
    };

    // ---- what clients want ----

    function meta(use, request) {
        return {
            message: {...request.message},
            device: use.device,
            mapped: use.definition,
            options: use.options,
            state: use.state,
            endpoint_name: request.endpoint_name ?? undefined,
            publish: (payload) => zigbus.effect({ieee: use.device.ieeeAddr, op: "publish", payload: {...payload}}),
            deviceExposesChanged: exposesChanged(use),
        };
    }

    function converse(request) {
        const use = useOf(request.ieee);
        const converter = use.definition.toZigbee[request.converter];
        const target = use.device.getEndpoint(request.endpoint);
        if (!target) throw new Error(`Device has no endpoint ${request.endpoint}`);
        if (request.kind === "set") attempt(request.call, () => converter.convertSet(target, request.key, request.value, meta(use, request)), stateOf);
        else attempt(request.call, () => converter.convertGet(target, request.key, meta(use, request)), () => null);
    }

    const stateOf = (result) => ({state: result?.state ?? {}, members_state: result?.membersState ?? {}});

    // A message to a group: converters of all members' definitions, the first that knows the key.
    function setGroup(request) {
        const group = zigbus.group(request.group);
        group.list = request.members.map(({ieee, endpoint}) => [ieee, endpoint]);
        const members = [...new Set(request.members.map(({ieee}) => useOf(ieee)))];
        const all = [...new Set(members.flatMap((use) => use.definition.toZigbee))];
        const way = request.way === "get" ? "convertGet" : "convertSet";
        const converter = all.find((one) => (!one.key || one.key.includes(request.key)) && one[way]);
        if (!converter) {
            step.done = {call: request.call, result: null};
            return;
        }
        const membersState = Object.fromEntries(request.members.map(({ieee, state}) => [ieee, state ?? {}]));
        const about = {
            message: {...request.message}, device: undefined, mapped: members.map((use) => use.definition), options: request.options ?? {}, state: request.state ?? {},
            membersState, endpoint_name: undefined, deviceExposesChanged() {},
            publish: (payload) => zigbus.effect({op: "publish_group", group: request.group, payload: {...payload}}),
        };
        if (way === "convertGet") attempt(request.call, () => converter.convertGet(group, request.key, about), () => ({state: {}, members_state: {}}));
        else attempt(request.call, () => converter.convertSet(group, request.key, request.value, about), stateOf);
    }

    function configure(request) {
        const use = useOf(request.ieee);
        attempt(request.call, () => use.definition.configure?.(use.device, zigbus.coordinator.getEndpoint(1), use.definition), () => null);
    }

    function event(request) {
        const use = useOf(request.ieee);
        const base = {device: use.device, deviceExposesChanged: exposesChanged(use), state: use.state, options: use.options};
        const data = request.type === "stop" ? {ieeeAddr: request.ieee} : {...base, ...request.data};
        attempt(request.call, () => Promise.resolve(converters.onEvent({type: request.type, data})).then(() => use.definition.onEvent?.({type: request.type, data})), () => null);
    }

    function fire(request) {
        zigbus.fire(request.timer);
    }

    function answer(request) {
        for (const {id, result, error} of request.answers) {
            const waiting = pending.get(id);
            if (!waiting) continue;
            pending.delete(id);
            if (error === undefined || error === null) waiting.resolve(result);
            else waiting.reject(Object.assign(new Error(error), {effect: id}));
        }
    }

    // ---- devices and definitions ----

    function useOf(ieee) {
        const use = uses.get(ieee);
        if (!use) throw new Error(`Device ${ieee} is not open`);
        return use;
    }

    function definitionsIn(file) {
        const exported = zigbus.require(file);
        const list = exported.definitions ?? exported.default ?? exported;
        return Array.isArray(list) ? list : [list];
    }

    function definitionOf({file, index, label, external}) {
        const key = `${file}/${index}/${label?.model ?? ""}/${label?.vendor ?? ""}`;
        let definition = prepared.get(key);
        if (!definition) {
            const own = definitionsIn(file)[index];
            const named = label ? {...own, model: label.model, vendor: label.vendor ?? own.vendor, description: label.description ?? own.description} : own;
            definition = converters.prepareDefinition(external ? {...named, externalConverterName: file} : named);
            prepared.set(key, definition);
        }
        return definition;
    }

    function exposesOf(use, options) {
        const {exposes} = use.definition;
        return typeof exposes === "function" ? exposes(use.device, options) : exposes;
    }

    function open(request) {
        const {ieee, identity} = request;
        if (request.coordinator) zigbus.coordinator.moveTo(request.coordinator);
        const device = devices.get(ieee) ?? new Device(ieee);
        const definition = definitionOf(identity);
        const before = uses.get(ieee);
        if (!devices.has(ieee)) {
            device.meta = request.remembered?.device ?? {};
            device.checkin = request.remembered?.checkin_interval_s;
            for (const [place, value] of Object.entries(request.attributes ?? {})) {
                const [endpoint, cluster, attribute] = place.split("/");
                const key = /^[0-9a-f]+$/.test(attribute) ? Number.parseInt(attribute, 16) : attribute;
                ((device.kept[`${Number.parseInt(endpoint, 16)}/${Number.parseInt(cluster, 16)}`] ??= {})[key] = value);
            }
        }
        device.describe(request.description);
        devices.set(ieee, device);
        for (const endpoint of device.endpoints) Object.assign(endpoint.meta, request.remembered?.[`endpoint.${endpoint.ID}`]);
        const use = {device, definition, options: request.options ?? {}, state: request.state ?? {}, selected: new Map(), numbers: new Map()};
        uses.set(ieee, use);
        if (!before) device.recall();
        if (before?.definition === definition) settle(request.call, undefined);
        else event({...request, type: "start", data: {}});
    }

    // What the service must know of a definition on this device; asked for when `start` has run.
    function describe(request) {
        const use = useOf(request.ieee);
        const {definition, device} = use;
        step.opened = {
            model: definition.model, vendor: definition.vendor, description: definition.description, version: definition.version, icon: definition.icon ?? null,
            ota: Boolean(definition.ota),
            exposes: exposesOf(use, use.options),
            options: definition.options,
            endpoints: definition.endpoint?.(device) ?? {},
            senders: definition.toZigbee.map(({key, endpoints, convertSet, convertGet}) => ({keys: key ?? null, endpoints: endpoints ?? null, set: Boolean(convertSet), get: Boolean(convertGet)})),
            configures: Boolean(definition.configure),
            custom_clusters: device.customClusters,
            logical_type: device.type,
        };
        settle(request.call, undefined);
    }

    function close(request) {
        if (uses.has(request.ieee)) event({...request, type: "stop"});
        devices.delete(request.ieee);
        uses.delete(request.ieee);
    }

    // Identities of a user's file, in the form of identities.json.
    function identities(request) {
        step.identities = definitionsIn(request.file).map((definition, index) => zigbus.identity(definition, request.file, index));
        settle(request.call, undefined);
    }
    function forget(request) {
        for (const key of [...prepared.keys()]) if (key.startsWith(`${request.file}/`)) prepared.delete(key);
        zigbus.forget(request.file);
    }

    const plain = (fingerprint) => Object.fromEntries(Object.entries(fingerprint).map(([key, value]) => [key, value instanceof RegExp ? {regexp: value.source, flags: value.flags} : value]));
    zigbus.identity = ({model, vendor, description, zigbeeModel, fingerprint, whiteLabel}, file, index) => ({
        file,
        index,
        model,
        vendor,
        description,
        models: zigbeeModel ?? [],
        fingerprints: (fingerprint ?? []).map(plain),
        labels: (whiteLabel ?? []).map((label) => ({model: label.model, vendor: label.vendor, description: label.description, fingerprints: (label.fingerprint ?? []).map(plain)})),
    });

    // ---- in and out ----

    const REQUESTS = {receive, set: converse, get: converse, set_group: setGroup, configure, event, fire, answer, open, describe, close, identities, forget};

    zigbus.begin = (json) => {
        const request = JSON.parse(json);
        step = {effects: [], timers: []};
        zigbus.now = request.now_ms;
        const use = request.ieee && uses.get(request.ieee);
        if (use) {
            if (request.state) use.state = request.state;
            if (request.options) use.options = request.options;
        }
        try {
            REQUESTS[request.kind](request);
        } catch (error) {
            step.done = {call: request.call, error: fault(error)};
        }
    };
    zigbus.end = () => {
        if (step.flooded) step.effects = step.effects.filter(({op}) => op === "failed");
        const text = JSON.stringify(step);
        step = {effects: [], timers: []};
        return text;
    };

    // A converter may hand on numbers that JSON has no form for.
    BigInt.prototype.toJSON = function () {
        return this.toString(); // as clients of zigbee2mqtt know 64-bit numbers
    };
    zigbus.timeAttributes = () => {
        const now = Math.round((zigbus.now - Date.UTC(2000, 0, 1)) / 1000);
        const offset = (month) => -60 * new Date(new Date(zigbus.now).getFullYear(), month, 1).getTimezoneOffset();
        const standard = Math.min(offset(0), offset(6));
        const local = now - 60 * new Date(zigbus.now).getTimezoneOffset();
        return {
            time: now, timeStatus: 0b1101, timeZone: standard, dstStart: 0xffffffff, dstEnd: 0xffffffff, dstShift: 0, standardTime: now + standard, localTime: local,
            lastSetTime: now, validUntilTime: now + 86400,
        };
    };
})();
