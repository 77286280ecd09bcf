'use strict';
// A device for a definition: the identity that it matches, the endpoints that it names, the clusters that it listens to.

const NWK = 0x2a11;
const HOME_AUTOMATION = 0x0104;
const USUAL = ['genBasic', 'genIdentify', 'genGroups', 'genScenes'];
const FIELDS = ['type', 'powerSource', 'manufacturerID', 'applicationVersion', 'stackVersion', 'zclVersion', 'hardwareVersion', 'dateCode', 'softwareBuildID'];

// Identities of a definition, each a fingerprint-like object; those of white labels last.
function identitiesOf(definition) {
    const model = definition.zigbeeModel?.[0];
    const complete = (print) => ({...print, modelID: print.modelID ?? model});
    const own = (definition.fingerprint ?? []).map(complete);
    const named = (definition.zigbeeModel ?? []).map((modelID) => ({modelID}));
    const labels = (definition.whiteLabel ?? []).flatMap((label) => (label.fingerprint ?? []).map(complete));
    return [...own, ...named, ...labels];
}

function factsOf(world, definition, prepared, identity) {
    const battery = hasBattery(prepared);
    const facts = {
        nwk: NWK,
        modelID: identity.modelID,
        manufacturerName: identity.manufacturerName ?? 'zigbus',
        manufacturerID: 0,
        type: battery ? 'EndDevice' : 'Router',
        powerSource: battery ? 'Battery' : 'Mains (single phase)',
        endpoints: endpointsOf(world, prepared, identity),
    };
    for (const field of FIELDS) if (identity[field] !== undefined) facts[field] = identity[field];
    if (identity.ieeeAddr instanceof RegExp) facts.pattern = identity.ieeeAddr.source;
    if (identity.endpoints) facts.complete = true;
    return facts;
}

function hasBattery(prepared) {
    const exposes = typeof prepared.exposes === 'function' ? prepared.exposes({isDummyDevice: true}, {}) : prepared.exposes;
    return exposes.some((expose) => expose.name === 'battery');
}

function endpointsOf(world, prepared, identity) {
    if (identity.endpoints) return identity.endpoints.map((e) => described(world, prepared, e, e.ID));
    let names = {};
    try {
        names = prepared.endpoint?.({isDummyDevice: true, endpoints: [], getEndpoint: () => undefined}) ?? {};
    } catch {
        // some want to look at the device first
    }
    const numbers = [...new Set([1, ...Object.values(names).filter(Number.isInteger)])].sort((a, b) => a - b);
    return numbers.map((number) => described(world, prepared, {}, number));
}

function described(world, prepared, known, number) {
    const {inputs, outputs} = clustersOf(world, prepared);
    return {
        ID: number,
        profileID: known.profileID ?? HOME_AUTOMATION,
        deviceID: known.deviceID ?? 0,
        inputClusters: known.inputClusters ?? inputs,
        outputClusters: known.outputClusters ?? outputs,
    };
}

// Clusters that the converters listen to: commands of a client come from output clusters, all else from input clusters.
function clustersOf(world, prepared) {
    const inputs = new Set(USUAL.map((name) => numberOf(world, name)));
    const outputs = new Set([numberOf(world, 'genOta')]);
    for (const converter of prepared.fromZigbee) {
        const number = numberOf(world, converter.cluster);
        if (number === undefined) continue;
        for (const type of [].concat(converter.type)) (isOfClient(world, converter.cluster, type) ? outputs : inputs).add(number);
    }
    const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
    return {inputs: sorted(inputs), outputs: sorted(outputs)};
}

function numberOf(world, cluster) {
    if (typeof cluster === 'number') return cluster;
    if (/^\d+$/.test(cluster)) return Number(cluster);
    return world.Zcl.Clusters[cluster]?.ID;
}

function isOfClient(world, cluster, type) {
    const command = commandName(type);
    return command !== undefined && world.Zcl.Clusters[cluster]?.commands[command] !== undefined;
}

function commandName(type) {
    return type.startsWith('command') ? type[7].toLowerCase() + type.slice(8) : undefined;
}

module.exports = {identitiesOf, factsOf, commandName};
