// What converters take from zigbee-herdsman: its tables and frames. The rest of it, the radio, is the host's.
exports.Zcl = require("zigbee-herdsman/dist/zspec/zcl");
exports.ZSpec = require("zigbee-herdsman/dist/zspec");
exports.Zdo = {};
exports.getTimeClusterAttributes = () => globalThis.zigbus.timeAttributes();
