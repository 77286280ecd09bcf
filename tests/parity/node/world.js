'use strict';
// zigbee-herdsman and zigbee-herdsman-converters, loaded from one folder, on our radio and our clock.

const path = require('node:path');
const fs = require('node:fs');
const {createRequire} = require('node:module');
const {Clock} = require('./clock');
const {Radio} = require('./radio');

const NOBODY = {debug() {}, info() {}, warning() {}, error() {}};
const COORDINATOR = '0x00124b0000000000';

class World {
    // `part`: of the catalogue; it makes addresses differ from those of other parts.
    constructor(folder, part = 0) {
        this.part = part;
        this.folder = folder = path.resolve(folder);
        this.clock = new Clock();
        this.clock.install();
        for (const word of ['log', 'info', 'warn', 'error', 'debug']) console[word] = () => {}; // some converters talk
        this.logger = NOBODY;
        const load = createRequire(path.join(folder, 'dist', 'index.js'));
        const herdsman = path.dirname(load.resolve('zigbee-herdsman'));
        this.zhc = load(path.join(folder, 'dist', 'index.js'));
        this.zhc.setLogger(NOBODY);
        const {Zcl, Controller, setLogger} = load('zigbee-herdsman');
        setLogger(NOBODY);
        this.Zcl = Zcl;
        this.load = load;
        this.model = load(path.join(herdsman, 'controller', 'model'));
        this.radio = new Radio(Zcl);
        this.inject(load(path.join(herdsman, 'controller', 'model', 'entity')).Entity, Controller);
    }

    inject(Entity, Controller) {
        let ids = 0;
        const database = {newID: () => ++ids, insert() {}, update() {}, remove() {}, has: () => false, *getEntriesIterator() {}};
        Entity.injectAdapter(this.radio);
        Entity.injectDatabase(database);
        this.model.Device.prototype.onZclData = async () => {}; // answers to the device are the radio's business
        rememberWhatIsRead(this.model.Endpoint.prototype);
        this.controller = new Controller({network: {channelList: [11], panID: 1}, serialPort: {}, databasePath: '', databaseBackupPath: '', backupPath: '', adapter: {}, acceptJoiningDeviceHandler: async () => true});
        this.controller.on('message', (message) => {
            this.heard = this.bridge?.hear(message);
        });
    }

    // Forget everything that earlier devices left behind, and start with a coordinator.
    reset() {
        const {Device, Group} = this.model;
        this.clock.clear();
        this.zhc.clearGlobalStore();
        Device.resetCache();
        Group.resetCache();
        Device.loadFromDatabaseIfNecessary();
        const coordinator = Device.create('Coordinator', COORDINATOR, 0, 0, 'zigbus', 'Mains (single phase)', 'stick', 'SUCCESSFUL');
        this.coordinatorEndpoint = coordinator.createEndpoint(1);
        this.radio.take();
    }

    // Converters remember devices by address beyond a reset: so every life has its own.
    // `pattern`: of a fingerprint, with dots for any digit; then it is always the same.
    newAddress(pattern) {
        if (pattern) return pattern.replace(/[$^]/g, '').replaceAll('.', '0');
        this.lives = (this.lives ?? 0) + 1;
        return `0x00158d${this.part.toString(16).padStart(2, '0')}${this.lives.toString(16).padStart(8, '0')}`;
    }

    createDevice(facts) {
        const device = this.model.Device.create(facts.type, facts.ieee, facts.nwk, facts.manufacturerID, facts.manufacturerName, facts.powerSource, facts.modelID, 'SUCCESSFUL');
        for (const field of ['applicationVersion', 'stackVersion', 'zclVersion', 'hardwareVersion', 'dateCode', 'softwareBuildID']) {
            if (facts[field] !== undefined) device[field] = facts[field];
        }
        for (const described of facts.endpoints) {
            const endpoint = device.createEndpoint(described.ID);
            Object.assign(endpoint, {profileID: described.profileID, deviceID: described.deviceID});
            endpoint.inputClusters = [...described.inputClusters];
            endpoint.outputClusters = [...described.outputClusters];
        }
        return device;
    }

    // A frame from a device; returns when its converters are done.
    async hear(device, endpoint, cluster, hex, group = 0) {
        const data = Buffer.from(hex, 'hex');
        const header = this.Zcl.Header.fromBuffer(data);
        const payload = {clusterID: cluster, address: device.networkAddress, header, data, endpoint, linkquality: 100, groupID: group, wasBroadcast: false, destinationEndpoint: 1};
        this.heard = undefined;
        await this.controller.onZclPayload(payload);
        await this.heard;
    }

    // Definitions with their file, in the catalogue's order; `words`: only of files that contain one of them.
    *definitions(words) {
        const folder = path.join(this.folder, 'dist', 'devices');
        for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.js')).sort()) {
            if (words && !mentions(fs.readFileSync(path.join(folder, file), 'utf8'), words)) continue;
            const {definitions} = this.load(path.join(folder, file));
            for (const [index, definition] of (definitions ?? []).entries()) {
                if (!words || isNamed(definition, words)) yield {file: file.slice(0, -3), index, definition};
            }
        }
    }
}

// What a device answers to a read is remembered, as it is where the answer comes in as a frame.
function rememberWhatIsRead(endpoint) {
    const read = endpoint.read;
    endpoint.read = async function (cluster, attributes, options) {
        const values = await read.call(this, cluster, attributes, options);
        this.saveClusterAttributeKeyValue(cluster, values);
        return values;
    };
}

function mentions(source, words) {
    return words.some((word) => source.includes(word));
}

function isNamed(definition, words) {
    const names = [definition.model, ...(definition.zigbeeModel ?? []), ...(definition.whiteLabel ?? []).map((w) => w.model)];
    const fingerprints = definition.fingerprint?.map((f) => f.manufacturerName) ?? [];
    return [...names, ...fingerprints].some((name) => words.includes(name));
}

module.exports = {World};
