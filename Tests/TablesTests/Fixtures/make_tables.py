"""Makes the fixtures of TablesTests with pyarrow 26.0 and Python's csv and json.

    python make_tables.py

expected.json        the rows, as texts
NAME.parquet         the same rows: every compression that is read × both versions of pages × with and without dictionary
empty.parquet        the same columns, no row
refused-*.parquet    variants that are not read
table.csv, table.jsonl   the same rows
"""
import csv
import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent

ODD = ["", "plain", "comma, and \"quotes\"", "line\nend", "caf\u00e9 \U0001f34e", " spaces ", "\u7ea2\u8272", "tab\there", None]


def rows(count=300):
    return [
        {
            "prompt": ODD[i % len(ODD)] if i % 7 == 0 else f"prompt number {i % 40}",
            "negative_prompt": None if i % 11 == 3 else ["ugly, blurry", "low quality", ODD[(i + 3) % len(ODD)] or "x"][i % 3],
            "likes": (i * 7919) % 1000 - 3, "cfg_scale": [7.5, 1.25, -0.5][i % 3], "small": i % 5, "weight": i / 4,
            "nsfw": i % 3 == 0,
        }
        for i in range(count)
    ]


SCHEMA = pa.schema([
    pa.field("prompt", pa.string()), pa.field("negative_prompt", pa.string()), pa.field("likes", pa.int64(), nullable=False),
    pa.field("cfg_scale", pa.float64()), pa.field("small", pa.int32()), pa.field("weight", pa.float32()),
    pa.field("nsfw", pa.bool_())])


def text(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def main():
    data = rows()
    (HERE / "expected.json").write_text(
        json.dumps({"columns": SCHEMA.names, "rows": [[text(row[name]) for name in SCHEMA.names] for row in data]}) + "\n")
    table = pa.Table.from_pylist(data, schema=SCHEMA)
    for codec in ["none", "snappy", "gzip", "zstd"]:
        for version in ["1.0", "2.0"]:
            for dictionary in [True, False]:
                name = f"{codec}-v{version[0]}-{'dictionary' if dictionary else 'plain'}.parquet"
                pq.write_table(
                    table, HERE / name, compression=codec, data_page_version=version, use_dictionary=dictionary,
                    row_group_size=130, data_page_size=700, write_statistics=False, store_schema=False)
    empty = SCHEMA.empty_table()
    with pq.ParquetWriter(HERE / "empty.parquet", SCHEMA, store_schema=False) as writer:
        writer.write_table(empty, row_group_size=1)
    small = table.slice(0, 20)
    pq.write_table(small, HERE / "refused-brotli.parquet", compression="brotli", store_schema=False)
    pq.write_table(
        small.select(["prompt"]), HERE / "refused-delta.parquet", use_dictionary=False,
        column_encoding={"prompt": "DELTA_LENGTH_BYTE_ARRAY"}, store_schema=False)
    nested = pa.table({"prompt": [["a", "b"], ["c"]], "negative_prompt": ["x", "y"]})
    pq.write_table(nested, HERE / "refused-nested.parquet", store_schema=False)
    with open(HERE / "table.csv", "w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(SCHEMA.names)
        for row in data:
            writer.writerow(["" if row[name] is None else text(row[name]) for name in SCHEMA.names])
    with open(HERE / "table.jsonl", "w", encoding="utf-8") as file:
        for index, row in enumerate(data):
            kept = {key: value for key, value in row.items() if value is not None or index % 2 == 0 or index == 0}
            file.write(json.dumps(kept, ensure_ascii=index % 2 == 0) + "\n")


if __name__ == "__main__":
    main()
