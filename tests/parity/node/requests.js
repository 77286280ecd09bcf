'use strict';
// Set and get messages that follow from what a definition exposes.

const SET = 2;
const GET = 4;
const LONG = 12; // words tried of an enum
const NONSENSE = 'nonsense';

// All messages, each {way, message}.
function requestsOf(exposes) {
    const plain = JSON.parse(JSON.stringify(exposes));
    const list = [];
    for (const expose of plain) {
        for (const feature of flat(expose)) {
            if (feature.access & SET) for (const value of settable(feature)) list.push({way: 'set', message: {[feature.property]: value}});
            if (feature.access & GET) list.push({way: 'get', message: {[feature.property]: ''}});
        }
        list.push(...(SPECIFIC[expose.type]?.(expose) ?? []).map((message) => ({way: 'set', message: suffixed(message, expose.endpoint)})));
    }
    return unique(list);
}

function flat(expose) {
    return expose.features && expose.type !== 'composite' ? expose.features : [expose];
}

function suffixed(message, endpoint) {
    if (!endpoint) return message;
    return Object.fromEntries(Object.entries(message).map(([key, value]) => [`${key}_${endpoint}`, value]));
}

function unique(list) {
    const seen = new Map(list.map((request) => [JSON.stringify(request), request]));
    return [...seen.values()];
}

// ---- values --------------------------------------------------------------------------------------------------------

function settable(feature) {
    return [...(VALUES[feature.type]?.(feature) ?? []), NONSENSE];
}

const VALUES = {
    binary: (e) => [e.value_on, e.value_off, e.value_toggle].filter((value) => value !== undefined),
    enum: (e) => e.values.slice(0, LONG),
    numeric: (e) => numbers(e),
    text: () => ['', '12:30', 'zigbus', '1'],
    list: (e) => [[], [oneOf(e.item_type)], [oneOf(e.item_type), oneOf(e.item_type)]],
    composite: (e) => composites(e),
};

function numbers(e) {
    const low = e.value_min ?? 0;
    const high = e.value_max ?? low + 100;
    const step = e.value_step ?? 1;
    const presets = (Array.isArray(e.presets) ? e.presets : []).map((preset) => preset.value);
    const middle = low + Math.floor((high - low) / 2 / step) * step;
    return [...new Set([low, high, middle, low + step, high + step, low - step, ...presets])];
}

function composites(e) {
    const features = e.features ?? [];
    const full = (pick) => Object.fromEntries(features.map((f) => [f.property ?? f.name, pick(f)]).filter(([, v]) => v !== undefined));
    const second = full((f) => (VALUES[f.type]?.(f) ?? [])[1] ?? oneOf(f));
    const partial = features.slice(0, 4).map((f) => ({[f.property ?? f.name]: oneOf(f)}));
    return [full(oneOf), second, ...partial];
}

function oneOf(feature) {
    if (!feature) return 1;
    const values = VALUES[feature.type]?.(feature) ?? [];
    return values[feature.type === 'numeric' ? 2 : 0] ?? values[0];
}

// ---- what the specific types take beyond their features ------------------------------------------------------------

const LIGHT = [
    {state: 'ON', brightness: 100},
    {state: 'ON', brightness: 0},
    {state: 'OFF', transition: 3},
    {state: 'on'},
    {brightness: 200, transition: 2},
    {brightness: '50'},
    {brightness_percent: 50},
    {state: 'ON', on_time: 30, off_wait_time: 10},
    {brightness_move: 40},
    {brightness_move: -40},
    {brightness_move: 'stop'},
    {brightness_move_onoff: 20},
    {brightness_step: 20},
    {brightness_step: -20, transition: 1},
    {brightness_step_onoff: 30},
];
const TEMPERATURE = [
    {color_temp: 370, transition: 2},
    {color_temp: 'warm'},
    {color_temp: 1},
    {color_temp: 60000},
    {color_temp_percent: 40},
    {color_temp_move: 30},
    {color_temp_move: 'stop'},
    {color_temp_step: 20},
    {state: 'ON', color_temp: 300, brightness: 77},
];
const COLOUR = [
    {color: {x: 0.7, y: 0.28}, transition: 1},
    {color: {r: 255, g: 128, b: 10}},
    {color: {rgb: '20,30,200'}},
    {color: {hex: '#00FF80'}},
    {color: {hue: 120, saturation: 80}},
    {color: {h: 300, s: 50, b: 70}},
    {color: {hsl: '60,100,50'}},
    {color: {hsv: '180,60,90'}},
    {color: {hue: 42}},
    {color: {saturation: 30}},
    {color: '#FF8800'},
    {color: {r: 0, g: 0, b: 0}},
    {hue_move: 30},
    {hue_move: 'stop'},
    {hue_step: 20},
    {saturation_move: -20},
    {saturation_step: 15},
    {brightness: 120, color: {x: 0.3, y: 0.6}},
];
const SCENES = [
    {scene_store: 1},
    {scene_store: {ID: 2, name: 'evening'}},
    {scene_recall: 1},
    {scene_add: {ID: 3, name: 'bright', transition: 2, state: 'ON', brightness: 254}},
    {scene_rename: {ID: 3, name: 'dark'}},
    {scene_remove: 1},
    {scene_remove_all: ''},
];

const SPECIFIC = {
    light: (e) => {
        const names = new Set(e.features.map((f) => f.name));
        const coloured = names.has('color_xy') || names.has('color_hs');
        return [...LIGHT, ...(names.has('color_temp') ? TEMPERATURE : []), ...(coloured ? COLOUR : []), ...SCENES];
    },
    switch: () => [{state: 'on'}, {state: 'TOGGLE'}, {state: 'ON', on_time: 300, off_wait_time: 120}, ...SCENES.slice(0, 3)],
    cover: () => [{state: 'open'}, {state: 'close'}, {state: 'stop'}, {position: '50'}, {position: 30, tilt: 20}],
    lock: () => [{state: 'lock'}, {state: 'toggle'}],
    fan: () => [{fan_state: 'on'}, {fan_state: 'off'}, {fan_mode: 'low'}],
    climate: () => [{occupied_heating_setpoint: 21.5}, {system_mode: 'heat'}, {current_heating_setpoint: 19}, {preset: 'away'}],
};

// Sets of options that are worth a session each: all corrections of numbers at once, every other value alone.
function optionSets(options) {
    const plain = JSON.parse(JSON.stringify(options));
    const correcting = plain.filter((option) => CORRECTION.test(option.name));
    const others = plain.filter((option) => !CORRECTION.test(option.name));
    const sets = others.flatMap((option) => optionValues(option).map((value) => ({[option.property]: value})));
    if (correcting.length) sets.unshift(Object.fromEntries(correcting.map((option) => [option.property, option.name.endsWith('_precision') ? 0 : 1.5])));
    return sets;
}

const CORRECTION = /_(calibration|precision)$/;

function optionValues(option) {
    if (option.type === 'binary') return [option.value_on, option.value_off];
    if (option.type === 'enum') return option.values.slice(0, 2);
    if (option.type === 'numeric') return [Math.min((option.value_min ?? 0) + 2, option.value_max ?? Infinity)];
    if (option.type === 'composite') return [Object.fromEntries(option.features.map((f) => [f.property, f.unit === 'ms' ? 250 : 23]))];
    return [];
}

module.exports = {requestsOf, optionSets};
