'use strict';
// Writes the corpus: one JSON line for each session, a session being one definition on one device with one set of
// options. Usage: node main.js FOLDER [--words A,B] [--part N/M] [--sample K]. FOLDER holds zigbee-herdsman-converters.

const {World} = require('./world');
const {Bridge} = require('./bridge');
const {identitiesOf, factsOf} = require('./facts');
const {framesOf} = require('./messages');
const {requestsOf, optionValues} = require('./requests');

const STEP_MS = 1000;
const AFTERWARDS_MS = 200_000;
const MISSING_CLUSTERS = 10;
const FRAMES_WITH_OPTIONS = 3; // every how many-th frame is heard again with an option

async function main() {
    const [folder, ...rest] = process.argv.slice(2);
    const words = value(rest, '--words')?.split('\n');
    const [part, parts] = (value(rest, '--part') ?? '0/1').split('/').map(Number);
    const sample = Number(value(rest, '--sample') ?? 0);
    const world = new World(folder);
    let place = 0;
    for (const found of world.definitions(words)) {
        if (place++ % parts !== part) continue;
        for await (const session of sessionsOf(world, found, sample)) process.stdout.write(`${JSON.stringify(session)}\n`);
    }
}

function value(words, name) {
    const place = words.indexOf(name);
    return place < 0 ? undefined : words[place + 1];
}

async function* sessionsOf(world, found, sample) {
    const prepared = world.zhc.prepareDefinition(found.definition);
    const identity = identitiesOf(found.definition)[0];
    if (!identity) return;
    const facts = factsOf(world, found.definition, prepared, identity);
    const plan = await planned(world, facts);
    if (!plan) return;
    if (sample) plan.steps = thinned(plan.steps, sample);
    yield await session(world, found, facts, {}, plan.steps);
    if (sample) return;
    const some = plan.steps.filter((step, place) => !step.hear || place % FRAMES_WITH_OPTIONS === 0);
    for (const option of plan.options) {
        for (const chosen of optionValues(option)) yield await session(world, found, facts, {[option.property]: chosen}, some);
    }
}

// What happens to a device: it starts, is set up, is heard, is told things; then time passes.
async function planned(world, facts) {
    const bridge = await setUp(world, facts);
    if (!bridge) return undefined;
    const frames = await framesOf(world, bridge);
    const endpoints = bridge.device.endpoints.map((e) => e.ID);
    const hears = frames.map(({cluster, frame, endpoint}) => ({hear: [endpoints[endpoint], cluster, frame]}));
    const tells = requestsOf(bridge.exposes()).map(({way, message}) => ({[way]: message}));
    const options = bridge.definition.options ?? [];
    return {steps: [{start: true}, {configure: true}, ...hears, ...tells, {wait: AFTERWARDS_MS}], options};
}

// Starts and sets up a device; clusters that this asks for are added until it is content.
async function setUp(world, facts) {
    for (let tries = 0; tries < MISSING_CLUSTERS; tries++) {
        const bridge = await begin(world, facts, {});
        if (!bridge) return undefined;
        await world.clock.settle(bridge.event('start'));
        await world.clock.settle(bridge.configure());
        if (!bridge.failures.some((text) => giveCluster(world, facts, text))) return bridge;
    }
    return world.bridge;
}

function giveCluster(world, facts, text) {
    const [, way, name] = /has no (input|output) cluster (\w+)/.exec(text) ?? [];
    const number = world.Zcl.Clusters[name]?.ID;
    if (number === undefined) return false;
    for (const endpoint of facts.endpoints) {
        const clusters = way === 'input' ? endpoint.inputClusters : endpoint.outputClusters;
        if (!clusters.includes(number)) clusters.push(number);
    }
    return true;
}

function thinned(steps, count) {
    const busy = steps.filter((step) => step.hear || step.set || step.get);
    const every = Math.max(1, Math.floor(busy.length / count));
    const kept = new Set(busy.filter((_, place) => place % every === 0));
    return steps.filter((step) => !busy.includes(step) || kept.has(step));
}

async function begin(world, facts, options) {
    world.reset();
    const device = world.createDevice(facts);
    const definition = await world.zhc.findByDevice(device);
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
        device: facts,
        options,
        names: bridge.names,
        exposes: bridge.exposes(),
        offered: definition.options,
        steps: [],
    };
    for (const step of steps) result.steps.push(await done(world, bridge, step));
    return result;
}

async function done(world, bridge, step) {
    const {clock, radio} = world;
    if (step.wait) await clock.advance(clock.nowMs + step.wait);
    else await clock.advance(clock.nowMs + STEP_MS);
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

process.stdout.on('error', () => process.exit(1)); // the reader has gone
main();
