#!/bin/sh
# Short videos written by FFmpeg's program (5.1.9 of Debian 12), and their first frames as it decodes them.
# For each NAME there is NAME.rgb: the first frame as rgb24, 48×32 (32×48 for the turned one).
set -e
cd "$(dirname "$0")"
exact="-sws_flags bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
plain="-hide_banner -loglevel error -y"
source="-f lavfi -i gradients=size=48x32:rate=10:duration=0.5:n=4:speed=0.02:seed=3"
# Told where the halved colour samples lie (left, as H.264 and VP9 have them); by itself the scaler takes the middle.
place="-vf scale=in_h_chr_pos=0:in_v_chr_pos=128"
hide="-bitexact -map_metadata -1"

reading=$place
make() { # name, colour arguments, codec arguments
  name=$1; colours=$2; shift 2
  ffmpeg $plain $source -vf "$colours" $exact "$@" $hide "$name"
  ffmpeg $plain -i "$name" -frames:v 1 $reading $exact -pix_fmt rgb24 -f rawvideo "$name.rgb"
}

tags709="-colorspace bt709 -color_primaries bt709 -color_trc bt709"
tags601="-colorspace smpte170m -color_primaries smpte170m -color_trc smpte170m"
make bt709.mp4 scale=out_color_matrix=bt709:out_range=tv,format=yuv420p -c:v libx264 $tags709 -color_range tv
make bt601.mp4 scale=out_color_matrix=bt601:out_range=tv,format=yuv420p -c:v libx264 $tags601 -color_range tv
make full.mp4 scale=out_color_matrix=bt709:out_range=pc,format=yuv420p -c:v libx264 $tags709 -color_range pc
reading=
make ten_bits.mkv scale=out_color_matrix=bt709:out_range=tv,format=yuv444p10 -c:v ffv1 $tags709 -color_range tv
reading=$place
make planes.webm scale=out_color_matrix=bt601:out_range=tv,format=yuv420p -c:v libvpx-vp9 $tags601 -color_range tv
reading=
make moving.gif split[a][b]\;[a]palettegen[p]\;[b][p]paletteuse
# A telephone held upright: the frames lie on their side, the container says how to turn them.
ffmpeg $plain -i bt709.mp4 -c copy -metadata:s:v rotate=90 $hide turned.mp4
turn="scale=in_h_chr_pos=0:in_v_chr_pos=128,format=rgb24,transpose=cclock"
ffmpeg $plain -noautorotate -i turned.mp4 -frames:v 1 -vf "$turn" $exact -f rawvideo turned.mp4.rgb
# Sound only.
ffmpeg $plain -f lavfi -i sine=duration=0.1 $hide sound.mp4
