'use strict';
// Frames that a definition may hear: every attribute that its converters read with values of its type, every command
// with its parameters, Tuya datapoints in every encoding, and the packed attributes of Lumi devices.

const {commandName} = require('./facts');
const {attributesFrame, encode, literalsOf, plausible, valuesOf} = require('./values');
const {watched} = require('./watch');
const packed = require('./packed');

const REPORT = 0x0a;
const READ_RESPONSE = 0x01;
const GUESSED_TYPES = [0x20, 0x21, 0x23, 0x29, 0x10, 0x41]; // of attributes that no table lists
const TUYA = 'manuSpecificTuya';
const OTHER_ENDPOINTS = 3; // values tried there

async function framesOf(world, bridge) {
    const frames = new Frames();
    for (const [cluster, converters] of byCluster(bridge.definition.fromZigbee)) {
        const known = clusterOf(world, bridge.device, cluster);
        if (!known || cluster === 'greenPower') continue; // its frames are sealed with a key of the device
        await attributeFrames(world, bridge, known, converters, frames);
        for (const converter of converters) commandFrames(world, bridge, known, converter, frames);
        if (cluster === TUYA) packed.tuyaFrames(bridge.definition, known, converters, frames);
    }
    packed.lumiFrames(bridge.definition, frames);
    return frames.list;
}

// Collects frames with running sequence numbers; doubles are left out.
class Frames {
    constructor() {
        this.list = [];
        this.seen = new Set();
        this.sequence = 0;
    }

    // `about`: what a frame tells of; frames that tell of the same differ in values only.
    add(cluster, build, {endpoint = 0, about = ''} = {}) {
        let hex;
        try {
            hex = build(this.sequence + 1);
        } catch {
            return; // a value that the frame has no room for
        }
        const key = `${endpoint}/${cluster}/${build(0)}`;
        if (this.seen.has(key)) return;
        this.seen.add(key);
        this.sequence = (this.sequence + 1) % 256;
        this.list.push({cluster, frame: build(this.sequence), endpoint, about: `${endpoint}/${cluster}/${about}`});
    }
}

function byCluster(converters) {
    const found = new Map();
    for (const converter of converters) {
        if (!found.has(converter.cluster)) found.set(converter.cluster, []);
        found.get(converter.cluster).push(converter);
    }
    return found;
}

function clusterOf(world, device, cluster) {
    const key = typeof cluster === 'string' && /^\d+$/.test(cluster) ? Number(cluster) : cluster;
    try {
        return world.Zcl.Utils.getCluster(key, device.manufacturerID, device.customClusters);
    } catch {
        return undefined;
    }
}

// ---- attributes ----------------------------------------------------------------------------------------------------

async function attributeFrames(world, bridge, cluster, converters, frames) {
    const readers = converters.filter((c) => [].concat(c.type).some((t) => t === 'attributeReport' || t === 'readResponse'));
    if (!readers.length) return;
    const literals = [...new Set(readers.flatMap((c) => literalsOf(c.convert.toString())))];
    const attributes = [];
    for (const name of await namesOf(world, bridge, cluster, readers)) attributes.push(...attributesNamed(cluster, name, literals));
    const reports = readers.some((c) => [].concat(c.type).includes('attributeReport'));
    const form = reports ? REPORT : READ_RESPONSE;
    for (const attribute of attributes) singleFrames(bridge, cluster, attribute, form, frames);
    if (reports) for (const attribute of attributes) add(cluster, READ_RESPONSE, [[attribute, 1]], frames);
    togetherFrames(cluster, attributes, form, frames);
}

async function namesOf(world, bridge, cluster, readers) {
    const names = new Set();
    const exampleOf = (name) => {
        const type = cluster.attributes[name]?.type;
        return type === undefined ? 1 : (plausible(world.Zcl, type, 1) ?? 1);
    };
    for (const converter of readers) {
        const type = [].concat(converter.type).find((t) => t === 'attributeReport' || t === 'readResponse');
        for (const name of await watched(world, bridge, converter, type, Object.keys(cluster.attributes), exampleOf)) names.add(name);
    }
    return names;
}

function attributesNamed(cluster, name, literals) {
    const known = cluster.attributes[name];
    const describe = (id, type, manufacturer) => ({id, type, manufacturer, values: valuesOf(type, literals)});
    if (known) return [describe(known.ID, known.type, known.manufacturerCode ?? cluster.manufacturerCode)];
    const id = Number(name);
    if (!Number.isInteger(id) || id < 0 || id > 0xffff) return [];
    return GUESSED_TYPES.map((type) => describe(id, type, cluster.manufacturerCode));
}

function singleFrames(bridge, cluster, attribute, form, frames) {
    for (const [place] of attribute.values.entries()) add(cluster, form, [[attribute, place]], frames);
    for (let endpoint = 1; endpoint < bridge.device.endpoints.length; endpoint++) {
        for (let place = 0; place < OTHER_ENDPOINTS; place++) add(cluster, form, [[attribute, place]], frames, endpoint);
    }
}

function togetherFrames(cluster, attributes, form, frames) {
    const codes = new Set(attributes.map((a) => a.manufacturer));
    for (const code of codes) {
        const own = attributes.filter((a) => a.manufacturer === code);
        for (let start = 0; start < own.length && own.length > 1; start += 8) {
            for (let place = 0; place < 4; place++) {
                add(cluster, form, own.slice(start, start + 8).map((a) => [a, place]), frames);
            }
        }
    }
}

function add(cluster, form, chosen, frames, endpoint = 0) {
    const records = chosen
        .filter(([attribute]) => attribute.values.length)
        .map(([attribute, place]) => {
            const value = attribute.values[place % attribute.values.length];
            return [attribute.id, attribute.type, encode(attribute.type, value)];
        });
    if (!records.length) return;
    const about = chosen.map(([attribute]) => `${attribute.id}.${attribute.type}`).join();
    frames.add(cluster.ID, (sequence) => attributesFrame(form, sequence, chosen[0][0].manufacturer, records), {endpoint, about});
}

// ---- commands ------------------------------------------------------------------------------------------------------

function commandFrames(world, bridge, cluster, converter, frames) {
    const literals = literalsOf(converter.convert.toString());
    for (const type of [].concat(converter.type)) {
        const name = commandName(type);
        if (name === undefined) continue;
        for (const [direction, commands] of [
            [0, cluster.commands],
            [1, cluster.commandsResponse],
        ]) {
            if (commands[name]) variants(world, bridge, cluster, commands[name], direction, literals, frames);
        }
    }
}

function variants(world, bridge, cluster, command, direction, literals, frames) {
    const {Zcl} = world;
    const choices = command.parameters.map((p) => choicesOf(Zcl, p, literals));
    const build = (picked) => (sequence) => {
        const fields = Object.fromEntries(command.parameters.map((p, i) => [p.name, picked[i]]));
        const frame = Zcl.Frame.create(1, direction, true, cluster.manufacturerCode, sequence, command, cluster, fields, bridge.device.customClusters);
        return frame.toBuffer().toString('hex');
    };
    const first = choices.map((values) => values[0]);
    const about = command.name;
    for (const endpoint of bridge.device.endpoints.keys()) frames.add(cluster.ID, build(first), {endpoint, about});
    for (const [place, values] of choices.entries()) {
        for (const value of values) frames.add(cluster.ID, build(first.with(place, value)), {about});
    }
    const second = choices.map((values) => values[1] ?? values[0]);
    for (const value of choices[0] ?? []) frames.add(cluster.ID, build(second.with(0, value)), {about});
}

function choicesOf(Zcl, parameter, literals) {
    const values = valuesOf(parameter.type, literals);
    return values.length ? values : [plausible(Zcl, parameter.type, 1)];
}

module.exports = {framesOf};
