'use strict';
// Values of every ZCL data type, and their octets. Types are numbers of the ZCL specification (rev 8, table 2-11);
// numbers from 1000 on are forms that only parameters of commands take, numbered by zigbee-herdsman.

const STRINGS = {0x41: 1, 0x42: 1, 0x43: 2, 0x44: 2}; // type -> octets of the length field
const LISTS = new Set([1001, 1002, 1003, 1004, 1005, 1006, 1007, 1011, 1012]);
const TEXTS = ['', '1', 'zigbus', '{"a":1}'];
const OCTETS = ['', '00', '01020304', '0a0b0c0d0e0f1011'];
const FLOATS = [0, 1, -1, 23.5, 0.25, 1234.5];

// Octets of an integer-like type; undefined for others.
function sizeOf(type) {
    if (type >= 0x08 && type <= 0x0f) return type - 0x07; // data
    if (type === 0x10) return 1;
    if (type >= 0x18 && type <= 0x1f) return type - 0x17; // bitmap
    if (type >= 0x20 && type <= 0x27) return type - 0x1f; // unsigned
    if (type >= 0x28 && type <= 0x2f) return type - 0x27; // signed
    if (type === 0x30 || type === 0x31) return type - 0x2f; // enumeration
    return {0xe0: 4, 0xe1: 4, 0xe2: 4, 0xe8: 2, 0xe9: 2, 0xea: 4, 0xf0: 8, 0xf1: 16, 1013: 3}[type];
}

function isSigned(type) {
    return type >= 0x28 && type <= 0x2f;
}

// Values worth trying of an attribute or parameter; `literals` are numbers that its converter mentions.
function valuesOf(type, literals = []) {
    if (type === 0x10) return [0, 1];
    if (type === 0x38 || type === 0x39 || type === 0x3a) return FLOATS;
    if (type === 0x42 || type === 0x44) return TEXTS;
    if (type === 0x41 || type === 0x43 || type === 1008) return OCTETS.map((hex) => Buffer.from(hex, 'hex'));
    if (type === 0xf0) return ['0x00158d0001020304'];
    const size = sizeOf(type);
    if (size === undefined || size > 8) return [];
    return integersOf(size, isSigned(type), literals);
}

function integersOf(size, signed, literals) {
    const top = 2 ** (8 * Math.min(size, 6)) - 1;
    const low = signed ? -(top + 1) / 2 : 0;
    const high = signed ? (top - 1) / 2 : top;
    const usual = size === 1 ? [0, 1, 2, 3, 4, 5, 8, 50, 100, 200, 254] : [0, 1, 2, 3, 4, 100, 255, 1000, 2150, 12345];
    const wide = size > 2 ? [1234567] : [];
    const below = signed ? [-1, -550] : [];
    const mentioned = literals.filter((n) => !usual.includes(n)).slice(0, 10);
    return [...new Set([...usual, ...wide, ...below, ...mentioned, high, low])].filter((n) => n >= low && n <= high);
}

// One plausible value, for an answer to a request.
function plausible(Zcl, type, number) {
    if (type === 0x10) return number ? 1 : 0;
    if (type === 0x42 || type === 0x44) return 'zigbus';
    if (type === 0x41 || type === 0x43) return Buffer.from([1, 2, 3, 4]);
    if (type === 1008) return Buffer.from([]);
    if (type === 0xf0) return '0x00158d0001020304';
    if (type === 0xf1) return Buffer.alloc(16);
    if (type === 0x48 || type === 0x50 || type === 0x51) return {elementType: 0x20, elements: [1]};
    if (type === 0x4c) return [{elmType: 0x20, elmVal: 1}];
    if (type >= 0x24 && type <= 0x27) return type === 0x26 || type === 0x27 ? BigInt(number) : number;
    if (LISTS.has(type)) return [];
    if (type === 1010) return undefined;
    return number;
}

// Octets of a value as they stand in a frame.
function encode(type, value) {
    if (STRINGS[type]) {
        const octets = Buffer.isBuffer(value) ? value : Buffer.from(String(value), 'utf8');
        const length = Buffer.alloc(STRINGS[type]);
        length.writeUIntLE(octets.length, 0, STRINGS[type]);
        return Buffer.concat([length, octets]);
    }
    if (type === 0x39) {
        const octets = Buffer.alloc(4);
        octets.writeFloatLE(value);
        return octets;
    }
    if (type === 0x3a) {
        const octets = Buffer.alloc(8);
        octets.writeDoubleLE(value);
        return octets;
    }
    if (type === 0xf0) return Buffer.from(value.slice(2), 'hex').reverse();
    return integer(sizeOf(type), value);
}

function integer(size, value) {
    const octets = Buffer.alloc(size);
    let rest = BigInt(value) & ((1n << BigInt(8 * size)) - 1n);
    for (let i = 0; i < size; i++, rest >>= 8n) octets[i] = Number(rest & 0xffn);
    return octets;
}

// A frame with attribute records: `form` is 0x0a (report) or 0x01 (read response). Records: [id, type, octets].
function attributesFrame(form, sequence, manufacturer, records) {
    const head = manufacturer === undefined ? [0x18] : [0x1c, manufacturer & 0xff, manufacturer >> 8];
    const parts = [Buffer.from([...head, sequence, form])];
    for (const [id, type, octets] of records) {
        const status = form === 0x01 ? [0] : [];
        parts.push(Buffer.from([id & 0xff, id >> 8, ...status, type]), octets);
    }
    return Buffer.concat(parts).toString('hex');
}

// Numbers that stand in the source of a converter.
function literalsOf(source) {
    const found = source.match(/\b(?:0x[0-9a-f]+|\d+)\b/gi) ?? [];
    return [...new Set(found.map(Number))].filter((n) => Number.isSafeInteger(n));
}

module.exports = {valuesOf, plausible, encode, attributesFrame, literalsOf, sizeOf};
