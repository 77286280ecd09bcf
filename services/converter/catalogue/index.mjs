// Runs the freshly built scripts with our host, as the service will, and writes down what they know: which device is
// which (identities.json), what is supported (supported.jsonl), what our own parts may do (captured.json). A script that does not run fails the build.
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {basename, dirname, join} from "node:path";
import {fileURLToPath} from "node:url";
import vm from "node:vm";

import {captureAll} from "./capture.mjs";
import {checkMembers} from "./members.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const HOST = join(HERE, "..", "src", "zigbus_converter", "zhc", "javascript");
const CONVERTERS = join(HERE, "node_modules", "zigbee-herdsman-converters", "dist");
const UPSTREAM = "zigbee-herdsman-converters/devices/";

function runAll(folder, files) {
    const context = vm.createContext({});
    const run = (path) => vm.runInContext(readFileSync(path, "utf8"), context, {filename: path});
    run(join(HOST, "engine.js"));
    run(join(folder, "core.js"));
    run(join(HOST, "devices.js"));
    run(join(HOST, "calls.js"));
    for (const file of files) run(join(folder, "devices", file));
    return context.zigbus;
}

// Every identity once, and which of them are candidates for a model id (lower case; "null": those without one).
function identities(zigbus, files) {
    const list = [];
    const places = new Map();
    for (const file of files) {
        const name = UPSTREAM + basename(file, ".js");
        zigbus.require(name).definitions.forEach((definition, index) => {
            places.set(`${file}/${index}`, list.length);
            list.push(zigbus.identity(definition, name, index));
        });
    }
    const candidates = createRequire(import.meta.url)(join(CONVERTERS, "models-index.json"));
    const models = Object.fromEntries(Object.entries(candidates).map(([model, found]) => [model, found.map(([file, index]) => places.get(`${file}/${index}`))]));
    return {models, identities: list};
}

function supported(zigbus, identity) {
    const definition = zigbus.require(identity.file).definitions[identity.index];
    const prepared = zigbus.require("zigbee-herdsman-converters").prepareDefinition(definition);
    const exposes = typeof prepared.exposes === "function" ? prepared.exposes({isDummyDevice: true}, {}) : prepared.exposes;
    const {model, vendor, description, models, labels} = identity;
    return JSON.stringify({
        model, vendor, description, models, labels: labels.map((label) => ({model: label.model, vendor: label.vendor, description: label.description})),
        ota: Boolean(prepared.ota), exposes, options: prepared.options,
    });
}

// Writes the lists with `put(name, text)`; returns how much there is.
export function writeIndex(folder, files, put) {
    const zigbus = runAll(folder, files);
    checkMembers(zigbus, CONVERTERS);
    const index = identities(zigbus, files);
    put("identities.json", JSON.stringify(index));
    const captured = captureAll(runAll(folder, files), files.map((file) => UPSTREAM + basename(file, ".js")));
    put("captured.json", JSON.stringify(captured));
    const lines = index.identities.map((identity) => supported(zigbus, identity));
    put("supported.jsonl", `${lines.join("\n")}\n`);
    return {
        definitions: lines.length,
        labels: index.identities.reduce((sum, {labels}) => sum + labels.length, 0),
        models: Object.keys(index.models).length,
        files: files.length,
    };
}
