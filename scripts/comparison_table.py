"""The Markdown table of a comparison of engines: what compare_networks.py, compare_programs.py and compare_learning.py share."""
import pathlib
import statistics

PEERS = {"torch": "PyTorch", "openvino": "OpenVINO", "sdcpp": "stable-diffusion.cpp"}


def in_reach(peers, dtype):
    """Those of `peers` to compare with when none is asked for: without AVX-512, PyTorch's bfloat16 takes many times its float32."""
    flags = pathlib.Path("/proc/cpuinfo").read_text().split()
    return [peer for peer in peers if (peer, dtype) != ("torch", "bfloat16") or "avx512_bf16" in flags]


class ComparisonTable:
    """Prints its header when made. `leading` columns come first, `beside` are those after our own seconds."""

    def __init__(self, leading, peers, beside=()):
        self.peers = list(peers)
        columns = [*leading, "here, s", *beside] + [c for peer in self.peers for c in (f"{PEERS[peer]}, s", "ratio")]
        columns.append("memory " + ", ".join(["here"] + [PEERS[peer] for peer in self.peers]) + ", GB")
        self.write(columns)
        print("|" + " --- |" * len(columns), flush=True)

    def row(self, leading, results, digits, beside=()):
        """Medians of the seconds and the largest of the gigabytes in `results`, calls of "here" and of the peers, and the ratios."""
        seconds = {name: statistics.median(second for second, _ in calls) for name, calls in results.items()}
        memory = {name: max(gigabytes for _, gigabytes in calls) for name, calls in results.items()}
        cells = [*leading, f"{seconds['here']:.{digits}f}", *beside]
        for peer in self.peers:
            cells += [f"{seconds[peer]:.{digits}f}", f"{seconds['here'] / seconds[peer]:.2f}"] if peer in seconds else ["–", "–"]
        cells.append(", ".join(f"{memory[name]:.1f}" if name in memory else "–" for name in ["here"] + self.peers))
        self.write(cells)

    @staticmethod
    def write(cells):
        print(f"| {' | '.join(cells)} |", flush=True)
