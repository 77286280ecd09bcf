// Finds out what definitions ask of their host, and fails the build if ours lacks any of it.
//
// The sources are searched for `device.x`, `msg.endpoint.x`, `device.getEndpoint(1).x` and their like. A name that is
// found there is a member of Device, Endpoint, Group, a message or its meta, or of a plain value that has such a name.
import {readFileSync, readdirSync} from "node:fs";
import {join} from "node:path";

const OF = {
    device: "(?:(?:msg|meta|event\\.data|data|entity|group|endpoint)\\.)?(?:device|getDevice\\(\\))",
    endpoint: "(?:(?:msg|meta|event\\.data)\\.)?(?:endpoint|entity|ep|localTarget|coordinatorEndpoint)|getEndpoint\\([^()]*\\)|endpoints\\[[0-9]\\]",
    group: "group|zhGroup",
    msg: "msg",
};

// What a message carries, see `message` in calls.js.
const MESSAGE = ["type", "device", "endpoint", "data", "linkquality", "groupID", "cluster", "meta"];
// Found by the search, but not asked of a host.
const OTHERS = {
    device: ["isDummyDevice"],
    endpoint: [
        "groupID", "members", // of a group that is addressed like an endpoint
        "sendSeq", // lib/zosung.js and converters of its kind keep a counter there
        "ieeeAddr", "id", "endpointID", "battery", // of a device, an entry of a table, a payload of that name
    ],
    group: ["segments", "color", "key", "label", "description", "settings", "start", "full"], // of tables of that name
    msg: ["color", "effect_speed", "running_state"], // of payloads of that name
};

function members(instance) {
    const names = new Set();
    for (let object = instance; object; object = Object.getPrototypeOf(object)) {
        for (const name of Object.getOwnPropertyNames(object)) names.add(name);
    }
    return names;
}

function sources(folder) {
    const list = [];
    for (const sub of ["lib", "converters", "devices"]) {
        for (const file of readdirSync(join(folder, sub)).filter((name) => name.endsWith(".js"))) {
            if (file !== "generateDefinition.js") list.push([`${sub}/${file}`, readFileSync(join(folder, sub, file), "utf8")]);
        }
    }
    return list;
}

function asked(texts, pattern) {
    const search = new RegExp(`(?<![\\w.$])(?:${pattern})\\??\\.([A-Za-z_$][\\w$]*)(?!\\w)(\\s*=(?!=))?`, "g");
    const found = new Map();
    for (const [file, text] of texts) {
        for (const [, name, assigned] of text.matchAll(search)) if (!assigned && !found.has(name)) found.set(name, file);
    }
    return found;
}

// Throws with the names that are missing and a file that asks for each.
export function checkMembers(zigbus, folder) {
    const {Device, Group} = zigbus.classes;
    const device = new Device("0x0000000000000001");
    device.describe({nwk: 1, endpoints: {1: {}}});
    const has = {device: members(device), endpoint: members(device.endpoints[0]), group: members(new Group(1)), msg: new Set(MESSAGE)};
    const plain = new Set([...members([]), ...members(""), ...members(1), ...members(() => {})]);
    const texts = sources(folder);
    const missing = [];
    for (const [kind, pattern] of Object.entries(OF)) {
        for (const [name, file] of asked(texts, pattern)) {
            if (!has[kind].has(name) && !plain.has(name) && !OTHERS[kind].includes(name)) missing.push(`${kind}.${name} (${file})`);
        }
    }
    if (missing.length) throw new Error(`definitions ask for what our host lacks:\n  ${missing.join("\n  ")}`);
}
