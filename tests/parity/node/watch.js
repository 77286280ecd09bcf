'use strict';
// Finds out what a converter reads of a message: it is called with data that notes what it is asked for.

const PASSES = 4;

// Names (or numbers) of attributes that a converter asks for. `attributes`: those that its cluster has, by name.
async function watched(world, bridge, converter, type, attributes, exampleOf) {
    const seen = new Set();
    for (let pass = 0; pass < PASSES; pass++) {
        const before = seen.size;
        const offered = (name) => (pass === 0 ? undefined : exampleOf(name));
        await call(world, bridge, converter, type, watching(seen, offered, attributes, pass));
        if (pass > 1 && seen.size === before) break;
    }
    return [...seen];
}

function watching(seen, offered, attributes, pass) {
    const note = (name) => {
        if (typeof name !== 'string' || name in Object.prototype || name === 'toJSON' || name === 'then') return undefined;
        seen.add(name);
        return offered(name);
    };
    return new Proxy(
        {},
        {
            get: (target, name) => (name === 'hasOwnProperty' ? (key) => note(String(key)) !== undefined : note(name)),
            has: (target, name) => note(name) !== undefined,
            ownKeys: () => {
                for (const name of attributes) seen.add(name);
                return pass === 0 ? [] : [...seen];
            },
            getOwnPropertyDescriptor: (target, name) => {
                const value = note(name);
                return value === undefined ? undefined : {value, enumerable: true, configurable: true, writable: true};
            },
        },
    );
}

async function call(world, bridge, converter, type, data) {
    const {device, definition} = bridge;
    const message = {
        data,
        type,
        device,
        endpoint: device.endpoints[0],
        cluster: converter.cluster,
        linkquality: 100,
        groupID: 0,
        meta: {zclTransactionSequenceNumber: ++world.clock.count, frameControl: {}, rawData: Buffer.alloc(0)},
    };
    const meta = {device, logger: world.logger, state: {}, deviceExposesChanged: () => {}};
    const work = (async () => converter.convert(definition, message, () => {}, {}, meta))().catch(() => {});
    await world.clock.settle(work, 10_000);
}

module.exports = {watched};
