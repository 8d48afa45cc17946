// Compiles ../Contracts/*.sol with the pinned solc and writes one artifact per contract: {"contractName","abi","bytecode","deployedBytecode"}.
// Usage: node compile.cjs CONTRACTS_DIR OUTPUT_DIR   (solc is found beside this file or in NODE_PATH)
const fs = require('fs');
const path = require('path');
const solc = require('solc');

const [contracts, output] = process.argv.slice(2);
if (!contracts || !output) {
  console.error('usage: node compile.cjs CONTRACTS_DIR OUTPUT_DIR');
  process.exit(2);
}
const sources = {};
for (const file of fs.readdirSync(contracts).filter((name) => name.endsWith('.sol')).sort()) {
  sources[file] = { content: fs.readFileSync(path.join(contracts, file), 'utf8').replace(/\r\n/g, '\n') };
}
const input = {
  language: 'Solidity',
  sources,
  settings: {
    optimizer: { enabled: true, runs: 200 },
    viaIR: true,
    evmVersion: 'cancun',
    metadata: { bytecodeHash: 'none', appendCBOR: false },
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
  },
};
const result = JSON.parse(solc.compile(JSON.stringify(input), { import: (name) => ({ contents: sources[path.basename(name)].content }) }));
const errors = (result.errors || []).filter((error) => error.severity === 'error' || error.severity === 'warning');
for (const error of errors) console.error(error.formattedMessage);
if (errors.length) process.exit(1);
fs.mkdirSync(output, { recursive: true });
for (const [file, units] of Object.entries(result.contracts)) {
  for (const [contractName, unit] of Object.entries(units)) {
    if (!unit.evm.bytecode.object || ['Blake2b', 'Coldkey'].includes(contractName)) continue;
    const artifact = {
      contractName,
      abi: unit.abi,
      bytecode: '0x' + unit.evm.bytecode.object,
      deployedBytecode: '0x' + unit.evm.deployedBytecode.object,
    };
    fs.writeFileSync(path.join(output, contractName + '.json'), JSON.stringify(artifact, null, 1) + '\n');
  }
}
