'use strict';
// Writes the corpus: one JSON line for each session, a session being one definition on one device with one set of
// options. Usage: node main.js FOLDER [--words A,B] [--part N/M] [--sample K] [--limit L] [--vendors | --unknown].
// FOLDER holds zigbee-herdsman-converters. `--vendors`: one definition of each vendor;
// `--unknown`: devices that nobody lists instead of the catalogue.

const {World} = require('./world');
const {Bridge} = require('./bridge');
const {unknownDevices} = require('./unknown');
const {identitiesOf, factsOf} = require('./facts');
const {framesOf} = require('./messages');
const {requestsOf, optionSets} = require('./requests');

const STEP_MS = 1000;
const AFTERWARDS_MS = 200_000;
const QUICK_MS = 125; // exact in binary seconds, as are the other times
const PAUSE_MS = 4000;
const GESTURES = 12; // frames that they are made of
const FEWER = [16, 12, 8, 6, 4, 3, 2];
const MISSING_CLUSTERS = 10;
const VALUES_WITH_OPTIONS = [2]; // which values of the same thing are tried again with an option

async function main() {
    const [folder, ...rest] = process.argv.slice(2);
    const words = value(rest, '--words')?.split('\n');
    const [part, parts] = (value(rest, '--part') ?? '0/1').split('/').map(Number);
    const sample = Number(value(rest, '--sample') ?? 0);
    const limit = Number(value(rest, '--limit') ?? Infinity);
    const world = new World(folder, part);
    const write = (session) => process.stdout.write(`${JSON.stringify(session)}\n`);
    if (rest.includes('--unknown')) {
        for (const facts of unknownDevices(world)) write(await unlisted(world, facts));
        return;
    }
    let place = 0;
    const wanted = world.definitions(words);
    for (const found of rest.includes('--vendors') ? oneOfEachVendor(wanted) : wanted) {
        if (place++ % parts !== part) continue;
        for await (const session of sessionsOf(world, found, {sample, limit})) write(session);
    }
}

// One definition of each vendor, from the middle of its list.
function oneOfEachVendor(wanted) {
    const vendors = new Map();
    for (const found of wanted) {
        const vendor = found.definition.vendor;
        vendors.set(vendor, [...(vendors.get(vendor) ?? []), found]);
    }
    return [...vendors.values()].map((all) => all[all.length >> 1]);
}

function value(words, name) {
    const place = words.indexOf(name);
    return place < 0 ? undefined : words[place + 1];
}

async function* sessionsOf(world, found, {sample, limit}) {
    const prepared = world.zhc.prepareDefinition(found.definition);
    const identity = identitiesOf(found.definition)[0];
    if (!identity) return;
    const facts = factsOf(world, found.definition, prepared, identity);
    const plan = await planned(world, facts, limit);
    if (!plan) return;
    if (sample) plan.steps = sampled(plan.steps, sample);
    yield await session(world, found, facts, {}, plan.steps);
    if (sample) return;
    for (const options of optionSets(plan.options)) yield await session(world, found, facts, options, plan.some);
}

async function unlisted(world, facts) {
    const plan = await planned(world, facts, Infinity);
    return session(world, {file: 'generated', index: 0, definition: {}}, facts, {}, plan.steps);
}

// What happens to a device: it starts, is set up, is heard, is told things; then time passes.
async function planned(world, facts, limit) {
    const bridge = await setUp(world, facts);
    if (!bridge) return undefined;
    const frames = limited(await framesOf(world, bridge), limit);
    const endpoints = bridge.device.endpoints.map((e) => e.ID);
    const hearing = ({cluster, frame, endpoint}) => ({hear: [endpoints[endpoint], cluster, frame]});
    const telling = ({way, message}) => ({[way]: message});
    const requests = requestsOf(bridge.exposes());
    const gestures = isRemote(bridge) ? gesturesOf(frames).map((step) => (step.wait ? step : {...hearing(step), after: QUICK_MS})) : [];
    const life = (hears, tells) => [{start: true}, {configure: true}, ...hears.map(hearing), ...gestures, ...tells.map(telling), {wait: AFTERWARDS_MS}];
    const sets = requests.filter(({way}) => way === 'set');
    return {
        steps: life(frames, requests),
        some: life(
            thinned(fewOf(frames, ({about}) => about, VALUES_WITH_OPTIONS), limit / 4),
            thinned(fewOf(sets, ({message}) => Object.keys(message).join(), VALUES_WITH_OPTIONS), limit / 4),
        ),
        options: bridge.definition.options ?? [],
    };
}

// At most so many frames, taken evenly from all that are of the same kind, at least two of each.
function limited(frames, limit) {
    for (const most of [Infinity, ...FEWER]) {
        const count = new Map();
        for (const {about} of frames) count.set(about, (count.get(about) ?? 0) + 1);
        const seen = new Map();
        const chosen = frames.filter(({about}) => {
            const place = seen.get(about) ?? 0;
            seen.set(about, place + 1);
            const step = Math.max(1, (count.get(about) - 1) / (most - 1));
            return Math.floor(place / step) !== Math.floor((place - 1) / step);
        });
        if (chosen.length <= limit || most === 2) return chosen;
    }
    return frames;
}

function isRemote(bridge) {
    return bridge.exposes().some((expose) => expose.name === 'action');
}

// Frames quickly one after the other, as fingers make them: each twice, each with the next one, then a pause.
function gesturesOf(frames) {
    const chosen = fewOf(frames, ({about}) => about, [0, 1]).slice(0, GESTURES);
    return chosen.flatMap((frame, place) => {
        const next = chosen[(place + 1) % chosen.length];
        return [again(frame, 2 * place), again(frame, 2 * place), again(next, 2 * place + 1), {wait: PAUSE_MS}];
    });
}

// The same frame with another sequence number.
function again(frame, count) {
    const octets = Buffer.from(frame.frame, 'hex');
    octets[octets[0] & 0x04 ? 3 : 1] = count & 0xff;
    return {...frame, frame: octets.toString('hex')};
}

// A few of each kind.
function fewOf(list, kindOf, places) {
    const kinds = new Map();
    for (const item of list) kinds.set(kindOf(item), [...(kinds.get(kindOf(item)) ?? []), item]);
    const chosen = new Set([...kinds.values()].flatMap((all) => places.map((place) => all[Math.min(place, all.length - 1)])));
    return list.filter((item) => chosen.has(item));
}

// Starts and sets up a device; clusters that this asks for are added until it is content.
async function setUp(world, facts) {
    for (let tries = 0; tries < MISSING_CLUSTERS; tries++) {
        const bridge = await begin(world, facts, {});
        if (!bridge) return undefined;
        await world.clock.settle(bridge.event('start'));
        await world.clock.settle(bridge.configure());
        const missing = facts.complete ? [] : [...bridge.missing];
        for (const number of missing) giveEndpoint(facts, number);
        if (!bridge.failures.some((text) => giveCluster(world, bridge, facts, text)) && !missing.length) return bridge;
    }
    return world.bridge;
}

function giveEndpoint(facts, number) {
    facts.endpoints.push({...facts.endpoints[0], ID: number});
    facts.endpoints.sort((a, b) => a.ID - b.ID);
}

function giveCluster(world, bridge, facts, text) {
    const [, way, name] = /has no (input|output) cluster (\w+)/.exec(text) ?? [];
    const number = (world.Zcl.Clusters[name] ?? bridge.device.customClusters[name])?.ID;
    if (number === undefined) return false;
    for (const endpoint of facts.endpoints) {
        const clusters = way === 'input' ? endpoint.inputClusters : endpoint.outputClusters;
        if (!clusters.includes(number)) clusters.push(number);
    }
    return true;
}

// About so many of a list, taken evenly.
function thinned(list, count) {
    const every = Math.max(1, Math.ceil(list.length / count));
    return list.filter((_, place) => place % every === 0);
}

function sampled(steps, count) {
    const busy = steps.filter((step) => step.hear || step.set || step.get);
    const kept = new Set(thinned(busy, count));
    return steps.filter((step) => !busy.includes(step) || kept.has(step));
}

async function begin(world, facts, options) {
    world.reset();
    const device = world.createDevice({...facts, ieee: world.newAddress(facts.pattern)});
    const found = world.zhc.findByDevice(device, true);
    await world.clock.settle(found);
    const definition = await found;
    if (!definition) return undefined;
    world.bridge = new Bridge(world, device, definition, options);
    return world.bridge;
}

async function session(world, found, facts, options, steps) {
    const bridge = await begin(world, facts, options);
    const {definition} = bridge;
    const result = {
        file: found.file,
        index: found.index,
        model: definition.model,
        vendor: definition.vendor,
        same: definition.zigbeeModel === found.definition.zigbeeModel && definition.fingerprint === found.definition.fingerprint,
        device: {...facts, ieee: bridge.device.ieeeAddr},
        options,
        names: bridge.names,
        exposes: undefined,
        offered: definition.options,
        steps: [],
    };
    for (const step of steps) {
        result.steps.push(await done(world, bridge, step));
        result.exposes ??= bridge.exposes(); // after the start, which is the first step
    }
    return result;
}

async function done(world, bridge, step) {
    const {clock, radio} = world;
    if (step.wait) await clock.advance(clock.nowMs + step.wait);
    else await clock.advance(clock.nowMs + (step.after ?? STEP_MS));
    const noted = {...step, at: clock.nowMs / 1000};
    const ended = await clock.settle(perform(world, bridge, step));
    const calls = radio.take();
    if (bridge.published.length) noted.out = bridge.published;
    if (calls.length) noted.calls = calls;
    if (bridge.failures.length) noted.failed = bridge.failures;
    if (!ended) noted.endless = true;
    bridge.published = [];
    bridge.failures = [];
    return noted;
}

async function perform(world, bridge, step) {
    if (step.start) await bridge.event('start');
    else if (step.configure) await bridge.configure();
    else if (step.hear) await world.hear(bridge.device, ...step.hear);
    else if (step.set) await bridge.command('set', step.set);
    else if (step.get) await bridge.command('get', step.get);
}

process.on('uncaughtException', () => {}); // thrown where nobody waits for it; it changed nothing that is compared
process.on('unhandledRejection', () => {});
process.stdout.on('error', () => process.exit(1)); // the reader has gone
main();
