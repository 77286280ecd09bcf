// The licences of everything whose code is in the catalogue.
import {existsSync, readFileSync, readdirSync} from "node:fs";
import {join} from "node:path";

const SHIPPED = ["zigbee-herdsman-converters", "zigbee-herdsman", "semver", "iconv-lite", "safer-buffer", "buffer", "base64-js", "ieee754"];

// Returns one text with name, version and licence text of every package. Throws if a package has no licence text.
export function notices(modules) {
    return SHIPPED.map((name) => {
        const folder = join(modules, name);
        const {version, license} = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
        const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
        if (!file || !existsSync(join(folder, file))) throw new Error(`${name} has no licence text`);
        const title = `${name} ${version} (${license})`;
        return `${title}\n${"=".repeat(title.length)}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
    }).join("\n\n");
}
