'use strict';
// Devices that nobody lists, for which a definition is generated from their clusters.

const SENSORS = ['msTemperatureMeasurement', 'msRelativeHumidity', 'msPressureMeasurement', 'msIlluminanceMeasurement', 'msOccupancySensing', 'msSoilMoisture', 'msCO2', 'pm25Measurement', 'msFlowMeasurement', 'genDeviceTempCfg', 'genPowerCfg', 'ssIasZone', 'closuresWindowCovering', 'closuresDoorLock', 'seMetering', 'haElectricalMeasurement', 'genOnOff', 'hvacThermostat', 'hvacFanCtrl', 'genAnalogInput', 'genBinaryInput'];
const BASE = ['genBasic', 'genIdentify'];

// Each: a list of endpoints, an endpoint being clusters it serves and clusters it uses.
const KINDS = [
    ...SENSORS.map((name) => [[[...BASE, name], []]]),
    [[[...BASE, 'genGroups', 'genScenes', 'genOnOff', 'genLevelCtrl'], ['genOta']]],
    [[[...BASE, 'genGroups', 'genScenes', 'genOnOff', 'genLevelCtrl', 'lightingColorCtrl'], ['genOta']]],
    [[[...BASE, 'genOnOff', 'seMetering', 'haElectricalMeasurement'], ['genOta', 'genTime']]],
    [[[...BASE, 'genPowerCfg', 'msTemperatureMeasurement', 'msRelativeHumidity'], []]],
    [[[...BASE, 'genPowerCfg', 'ssIasZone', 'msIlluminanceMeasurement'], []]],
    [[[...BASE, 'genPowerCfg'], ['genOnOff', 'genLevelCtrl']]],
    [[[...BASE, 'genPowerCfg'], ['genOnOff', 'genLevelCtrl', 'lightingColorCtrl', 'closuresWindowCovering']]],
    [[[...BASE, 'genOnOff'], []], [[...BASE, 'genOnOff'], []]],
    [[[...BASE, 'genOnOff'], []], [[...BASE, 'genOnOff', 'genLevelCtrl'], []], [['genBasic', 'msTemperatureMeasurement'], []]],
    [[[...BASE, 'msTemperatureMeasurement'], []], [['msTemperatureMeasurement', 'msRelativeHumidity'], []]],
    [[[...BASE], ['genOnOff']], [[], ['genOnOff']], [[], ['genOnOff', 'genLevelCtrl']]],
];

function* unknownDevices(world) {
    const number = (name) => world.Zcl.Clusters[name].ID;
    for (const [place, kind] of KINDS.entries()) {
        yield {
            nwk: 0x2a11,
            modelID: `unlisted.${place}`,
            manufacturerName: 'zigbus',
            manufacturerID: 0,
            type: 'Router',
            powerSource: 'Mains (single phase)',
            endpoints: kind.map(([inputs, outputs], i) => ({
                ID: i + 1,
                profileID: 0x0104,
                deviceID: 0,
                inputClusters: inputs.map(number),
                outputClusters: outputs.map(number),
            })),
        };
    }
}

module.exports = {unknownDevices};
