#!/bin/sh
# Writes the library's documentation as a web site: scripts/make_docs.sh [FOLDER]; a warning is an error.
#
# The toolchain's own docc does it. Swift-DocC's plugin documents each module by itself and leaves out what one re-exports, which is all that
# NegativeSpace has.
set -eu
cd "$(dirname "$0")/.."
output=${1:-.build/documentation}
swift build -c release --target NegativeSpace
build=$(swift build -c release --show-bin-path)
modules=$(sed -n 's/^@_exported public import //p' Sources/NegativeSpace/NegativeSpace.swift | paste -sd, -)
symbols=$build/documentation-symbols
rm -rf "$symbols" && mkdir -p "$symbols"
swift symbolgraph-extract -module-name NegativeSpace -experimental-allowed-reexported-modules="$modules" \
  -target "$(uname -m)-unknown-linux-gnu" -minimum-access-level public -skip-synthesized-members -I "$build/Modules" \
  -Xcc -fmodule-map-file="$build/NegativeSpaceCKernels.build/module.modulemap" \
  -Xcc -fmodule-map-file="$build/NegativeSpaceCOneDNN.build/module.modulemap" \
  -Xcc -fmodule-map-file="$build/NegativeSpaceCSentencePiece.build/module.modulemap" \
  -I Sources/CSnappy -I Sources/CZstd -I Sources/COpenBLAS -I Sources/CFFmpeg -I Sources/CZlib -output-dir "$symbols"
docc convert Sources/NegativeSpace/NegativeSpace.docc --additional-symbol-graph-dir "$symbols" --warnings-as-errors \
  --fallback-display-name NegativeSpace --fallback-bundle-identifier NegativeSpace --output-path "$output"
echo "$output: to be served, as by python3 -m http.server -d $output, and opened at /documentation/negativespace"
