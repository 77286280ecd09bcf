// Builds the catalogue: zigbee-herdsman-converters as scripts for an embedded JavaScript engine.
//
//   node build.mjs FOLDER     (after `npm ci` here)
//
// core.js        the libraries: one script, whose modules run when they are asked for
// devices/*.js   the definitions, one script for each of upstream's files, loaded when a device needs it
// identities.json, supported.jsonl, NOTICES.txt, manifest.json: see index.mjs and notices.mjs
//
// The result depends on package-lock.json and this folder alone: the same input gives the same bytes.
import {createHash} from "node:crypto";
import {mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {basename, dirname, join, resolve} from "node:path";
import {fileURLToPath} from "node:url";
import esbuild from "esbuild";

import {writeIndex} from "./index.mjs";
import {notices} from "./notices.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, "node_modules");
const CONVERTERS = join(MODULES, "zigbee-herdsman-converters", "dist");
const TARGET = "es2020"; // what the engine of the `quickjs` package (2021) reads
const require = createRequire(import.meta.url);

const SHIMS = {
    assert: "assert",
    util: "util",
    fs: "absent",
    path: "absent",
    crypto: "absent",
    string_decoder: "string_decoder",
    "zigbee-herdsman": "herdsman",
    "fast-deep-equal": "absent", // of upstream's index, which ours replaces
};

// What a definition, upstream's or a user's, may import. Device files come on top, see `deviceScript`.
function importable() {
    const own = [];
    for (const folder of ["lib", "converters"]) {
        for (const file of readdirSync(join(CONVERTERS, folder)).filter((name) => name.endsWith(".js")).sort()) {
            own.push([`zigbee-herdsman-converters/${folder}/${basename(file, ".js")}`, join(CONVERTERS, folder, file)]);
        }
    }
    const foreign = ["zigbee-herdsman", "buffer", "assert", "util", "fs", "path", "semver", "iconv-lite"];
    const tables = ["zspec", "zspec/zcl", "zspec/zcl/buffaloZcl", "zspec/zcl/definition/enums", "zspec/zcl/definition/cluster"];
    return [
        ["zigbee-herdsman-converters", join(CONVERTERS, "index.js")],
        ...own,
        ...foreign.map((name) => [name, name]),
        ...tables.map((name) => [`zigbee-herdsman/dist/${name}`, `zigbee-herdsman/dist/${name}`]),
    ];
}

const shims = {
    name: "shims",
    setup(build) {
        build.onResolve({filter: /^(node:)?[a-z_-]+\/?$/}, ({path}) => {
            const shim = SHIMS[path.replace(/^node:/, "").replace(/\/$/, "")];
            if (shim) return {path: join(HERE, "shims", `${shim}.js`)};
            if (/^(node:)?buffer\/?$/.test(path)) return {path: join(MODULES, "buffer", "index.js")};
        });
        // identities are looked up outside of the engine, in identities.json
        build.onLoad({filter: /models-index\.json$/}, () => ({contents: "{}", loader: "json"}));
    },
};

async function core() {
    const lines = importable().map(([name, path]) => `${JSON.stringify(name)}: () => require(${JSON.stringify(path)}),`);
    const {outputFiles} = await esbuild.build({
        stdin: {contents: `globalThis.zigbus.modules = {\n${lines.join("\n")}\n};`, resolveDir: HERE},
        bundle: true,
        absWorkingDir: HERE, // names of modules in the output must not tell where it was built
        write: false,
        format: "iife",
        platform: "neutral",
        mainFields: ["main"],
        target: TARGET,
        minifySyntax: true,
        minifyWhitespace: true,
        keepNames: true, // converters tell classes apart by their names
        legalComments: "none",
        plugins: [shims],
        logLevel: "error",
    });
    return outputFiles[0].text;
}

// Definitions as functions that are called when a definition is asked for: most of a file's are never needed, and making
// them takes most of the time and memory. Upstream's compiler writes the list line by line; where it does not, or where
// a line is none of these, the file stays as it is.
function lazily(source) {
    const opening = "exports.definitions = [\n";
    const start = source.indexOf(opening);
    const end = source.indexOf("\n];", start);
    if (start < 0 || end < 0) return source;
    const lines = source.slice(start + opening.length, end).split("\n");
    const known = (line) => !/^ {4}\S/.test(line) || ["    {", "    },"].includes(line) || /^ {4}(\/\/|\/\*|\*\/)/.test(line);
    if (!lines.every(known)) return source;
    const called = lines.map((line) => (line === "    {" ? "    () => ({" : line === "    }," ? "    })," : line));
    return `${source.slice(0, start)}exports.definitions = zigbus.lazy([\n${called.join("\n")}\n]);${source.slice(end + 3)}`;
}

async function deviceScript(file) {
    const source = lazily(readFileSync(join(CONVERTERS, "devices", file), "utf8"));
    const {code} = await esbuild.transform(source, {
        format: "cjs",
        target: TARGET,
        minifySyntax: true,
        minifyWhitespace: true,
        legalComments: "none",
    });
    const name = JSON.stringify(`zigbee-herdsman-converters/devices/${basename(file, ".js")}`);
    return `globalThis.zigbus.define(${name},function(exports,require,module){${code.replace(/^"use strict";/, "")}});\n`;
}

function put(folder, hashes, name, text) {
    writeFileSync(join(folder, name), text);
    hashes[name] = createHash("sha256").update(text).digest("hex");
}

async function main(folder) {
    rmSync(folder, {recursive: true, force: true});
    mkdirSync(join(folder, "devices"), {recursive: true});
    const hashes = {};
    put(folder, hashes, "core.js", await core());
    const files = readdirSync(join(CONVERTERS, "devices")).filter((name) => name.endsWith(".js") && name !== "index.js").sort();
    for (const file of files) put(folder, hashes, join("devices", file), await deviceScript(file));
    const counts = writeIndex(folder, files, (name, text) => put(folder, hashes, name, text));
    put(folder, hashes, "NOTICES.txt", notices(MODULES));
    const lock = JSON.parse(readFileSync(join(HERE, "package-lock.json"), "utf8")).packages;
    const version = (name) => lock[`node_modules/${name}`].version;
    const versions = Object.fromEntries(["zigbee-herdsman-converters", "zigbee-herdsman", "esbuild"].map((name) => [name, version(name)]));
    writeFileSync(join(folder, "manifest.json"), `${JSON.stringify({versions, counts, sha256: hashes}, null, 1)}\n`);
    console.log(`catalogue: ${counts.definitions} definitions of zigbee-herdsman-converters ${versions["zigbee-herdsman-converters"]}`);
}

await main(resolve(process.argv[2]));
