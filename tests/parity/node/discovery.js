'use strict';
// What the original tells Home Assistant of every definition: one JSON line each, and one for each of many groups.
// Usage: node discovery.js CONVERTERS ZIGBEE2MQTT [--groups N]; both are folders of the packages.
// Its own code plans; only device, broker and settings are stand-ins.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {createRequire} = require('node:module');
const {World} = require('./world');
const {identitiesOf, factsOf} = require('./facts');

const BASE = 'zigbee2mqtt';
const GROUPED = ['light', 'switch', 'lock', 'cover'];
const MEMBERS = 3;
// Settings under which every device is discovered.
const WAYS = {
    plain: {},
    more: {
        advanced: {last_seen: 'ISO_8601'},
        availability: {enabled: true},
        frontend: {enabled: true, url: 'http://home'},
        homeassistant: {legacy_action_sensor: true, experimental_event_entities: true},
    },
};

class Original {
    constructor(folder, world) {
        const data = fs.mkdtempSync(path.join(os.tmpdir(), 'discovery-'));
        process.env.ZIGBEE2MQTT_DATA = data;
        fs.writeFileSync(path.join(data, 'configuration.yaml'), `version: 5\nmqtt: {server: 'mqtt://x', base_topic: ${BASE}}\nserial: {port: /dev/null}\nhomeassistant: {enabled: true}\n`);
        const load = createRequire(path.join(folder, 'index.js'));
        const logger = load('./dist/util/logger').default;
        for (const level of ['debug', 'info', 'warning', 'error']) logger[level] = () => {};
        this.settings = load('./dist/util/settings');
        this.settings.reRead();
        this.HomeAssistant = load('./dist/extension/homeassistant').default;
        this.world = world;
        fs.rmSync(data, {recursive: true});
    }

    // An extension that publishes into a list.
    extension(way) {
        const told = this.settings.get();
        for (const [section, values] of Object.entries(WAYS[way])) told[section] = {...told[section], ...values};
        this.settings.get = () => told;
        const entities = new Map();
        const messages = {};
        const mqtt = {publish: async (topic, payload) => (messages[topic] = JSON.parse(payload))};
        const zigbee = {resolveEntity: (device) => entities.get(device.ieeeAddr), firstCoordinatorEndpoint: () => ({deviceIeeeAddress: '0x00124b0012345678'})};
        const extension = new this.HomeAssistant(zigbee, mqtt, {}, async () => {}, {}, {}, {}, {});
        extension.zigbee2MQTTVersion = 'VERSION';
        extension.discoveryOrigin = {name: 'ORIGIN'};
        extension.bridge = extension.getBridgeEntity({type: 'ZStack3x0', meta: {revision: 20230507}});
        extension.bridgeIdentifier = 'BRIDGE';
        return {extension, entities, messages};
    }
}

// A device as zigbee2mqtt's extensions see it.
function entityOf(device, prepared, exposes) {
    const names = prepared.endpoint ? prepared.endpoint(device) : {};
    return {
        isDevice: () => true,
        isGroup: () => false,
        name: device.ieeeAddr,
        ID: device.ieeeAddr,
        ieeeAddr: device.ieeeAddr,
        options: {ID: device.ieeeAddr},
        definition: prepared,
        interviewed: true,
        zh: device,
        names,
        exposes: () => exposes,
        endpoint: (name) => device.getEndpoint(names[name ?? 'default'] ?? (name === undefined ? device.endpoints[0].ID : -1)),
    };
}

function groupOf(id, entities) {
    const members = entities.map((entity) => Object.assign(entity.endpoint(memberEndpoint(entity)) ?? entity.zh.endpoints[0], {getDevice: () => entity.zh}));
    return {
        isDevice: () => false,
        isGroup: () => true,
        name: `group ${id}`,
        ID: id,
        options: {ID: id},
        membersDevices: () => entities,
        zh: {groupID: id, members},
    };
}

function memberEndpoint(entity) {
    return entity.exposes().find((expose) => GROUPED.includes(expose.type)).endpoint;
}

async function main() {
    const [converters, folder, ...rest] = process.argv.slice(2);
    const groups = Number(rest[rest.indexOf('--groups') + 1] || 0);
    const world = new World(converters);
    world.reset();
    const original = new Original(path.resolve(folder), world);
    const write = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
    const devices = devicesOf(world);
    for (const way of Object.keys(WAYS)) {
        const {extension, entities, messages} = original.extension(way);
        const tell = async (line, entity) => {
            for (const topic of Object.keys(messages)) delete messages[topic];
            try {
                await extension.discover(entity);
                const mocks = [...(extension.discovered[entity.ID]?.mockProperties ?? [])].map((m) => [m.property, m.value]);
                write({...line, way, messages, defaults: Object.fromEntries(mocks)});
            } catch (error) {
                write({...line, way, error: String(error)});
            }
        };
        for (const [line, entity] of devices) {
            entities.set(entity.ieeeAddr, entity);
            await tell(line, entity);
        }
        const grouped = devices.filter(([, entity]) => entity.exposes().some((expose) => GROUPED.includes(expose.type)));
        for (let id = 1; id <= groups; id++) {
            const members = Array.from({length: MEMBERS}, (_, place) => grouped[(id * 37 + place * 13) % grouped.length][1]);
            const group = groupOf(id, members);
            await tell({group: id, members: group.zh.members.map((e) => [e.deviceIeeeAddress, e.ID])}, group);
        }
    }
}

// All definitions, each on a device of its own.
function devicesOf(world) {
    const found = [];
    for (const {file, index, definition} of world.definitions()) {
        const prepared = world.zhc.prepareDefinition(definition);
        const identity = identitiesOf(definition)[0];
        if (!identity) continue;
        const facts = {...factsOf(world, definition, prepared, identity), ieee: `0x${(0x1000 + found.length).toString(16).padStart(16, '0')}`, softwareBuildID: '1.2', hardwareVersion: 3};
        const device = world.createDevice(facts);
        try {
            const exposes = typeof prepared.exposes === 'function' ? prepared.exposes(device, {}) : prepared.exposes;
            const entity = entityOf(device, prepared, exposes);
            const plain = JSON.parse(JSON.stringify(exposes));
            found.push([{file, index, ieee: device.ieeeAddr, model: prepared.model, vendor: prepared.vendor, description: prepared.description, ota: Boolean(prepared.ota), names: entity.names, endpoints: device.endpoints.map((e) => e.ID), exposes: plain}, entity]);
        } catch (error) {
            process.stderr.write(`${prepared.model}: ${error}\n`);
        }
    }
    return found;
}

main();
