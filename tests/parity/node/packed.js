'use strict';
// Frames whose content has a form of its own: Tuya datapoints, and the structures of Lumi devices.

const {attributesFrame} = require('./values');

const TUYA_REPORT = 0x02;
const TUYA_OTHERS = [0x01, 0x06]; // response, active status report
const NUMBERS = [0, 1, 2, 10, 50, 215, 1000, 65535, 0xfffffff6];
const RAW = ['', '01', '010203', '0000006400c8', '08fd0032000064fa', '0001020304050607080910111213141516171819'];
const LEGACY_DATAPOINTS = 110;

const BASIC = 0x0000;
const LUMI = 0xfcc0;
const LUMI_CODE = 0x115f;

// ---- Tuya ----------------------------------------------------------------------------------------------------------

function tuyaFrames(definition, cluster, converters, frames) {
    const table = definition.meta?.tuyaDatapoints;
    if (table) {
        for (const [number] of table) everyEncoding(number, frames);
        for (const command of TUYA_OTHERS) for (const [number] of table.slice(0, 3)) point(command, number, 0x02, word(1), frames);
        return;
    }
    for (let number = 1; number <= LEGACY_DATAPOINTS; number++) {
        point(TUYA_REPORT, number, 0x01, Buffer.from([1]), frames);
        point(TUYA_REPORT, number, 0x02, word(100), frames);
        point(TUYA_REPORT, number, 0x04, Buffer.from([1]), frames);
        point(TUYA_REPORT, number, 0x00, Buffer.from(RAW[3], 'hex'), frames);
    }
}

function everyEncoding(number, frames) {
    for (const value of [0, 1]) point(TUYA_REPORT, number, 0x01, Buffer.from([value]), frames);
    for (const value of NUMBERS) point(TUYA_REPORT, number, 0x02, word(value), frames);
    for (const text of ['', '12:30']) point(TUYA_REPORT, number, 0x03, Buffer.from(text), frames);
    for (let value = 0; value <= 4; value++) point(TUYA_REPORT, number, 0x04, Buffer.from([value]), frames);
    for (const bits of ['01', '0001', '00000006']) point(TUYA_REPORT, number, 0x05, Buffer.from(bits, 'hex'), frames);
    for (const octets of RAW) point(TUYA_REPORT, number, 0x00, Buffer.from(octets, 'hex'), frames);
}

function word(value) {
    const octets = Buffer.alloc(4);
    octets.writeUInt32BE(value);
    return octets;
}

function point(command, number, type, data, frames) {
    const build = (sequence) => {
        const head = [0x09, sequence, command, 0, sequence, number, type, data.length >> 8, data.length & 0xff];
        return Buffer.concat([Buffer.from(head), data]).toString('hex');
    };
    frames.add(0xef00, build, {about: `${number}/${type}`});
}

// ---- Lumi ----------------------------------------------------------------------------------------------------------

// Structures as wall switches, sensors and plugs send them: tag, type, octets.
const STRUCTURES = [
    '0121770c0328190421a81305210300062401000000000a210000641001', // battery, temperature, outages, main value
    '0121b80b03281e64210a0065210500662901fe',
    '032820641001650000986539cdcc8c4198390000fa43953900002041963900401145973900007a44',
    '0121d20b64298a08652166176624a0860100000000',
    '03281c9539cdcc4c3f9639000a0f459739000016449839cdcc0c42641001',
    '0121ff0b0d230100000064200065206466200167210100682001692002',
    '64200a652001662032672064682000692001',
];

function lumiFrames(definition, frames) {
    const clusters = new Set(definition.fromZigbee.map((c) => c.cluster));
    for (const structure of STRUCTURES) {
        const octets = Buffer.from(structure, 'hex');
        const text = Buffer.concat([Buffer.from([octets.length]), octets]);
        if (clusters.has('manuSpecificLumi')) frames.add(LUMI, (s) => attributesFrame(0x0a, s, LUMI_CODE, [[0x00f7, 0x41, text]]));
        if (clusters.has('genBasic') && isLumi(definition)) {
            frames.add(BASIC, (s) => attributesFrame(0x0a, s, LUMI_CODE, [[0xff01, 0x42, text]]));
        }
    }
    if (clusters.has('genBasic') && isLumi(definition)) {
        const elements = Buffer.from('0600100121b80b21a801240100000000210000204f', 'hex');
        frames.add(BASIC, (s) => attributesFrame(0x0a, s, LUMI_CODE, [[0xff02, 0x4c, elements]]));
    }
}

function isLumi(definition) {
    return [...(definition.zigbeeModel ?? []), ...(definition.fingerprint ?? []).map((f) => f.modelID)].some((m) => m?.startsWith('lumi.'));
}

module.exports = {tuyaFrames, lumiFrames};
