/* random: counter-based streams of random numbers.
 *
 * Philox 4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3",
 * SC'11): a keyed bijection of 128-bit counters. The seed is the key; the stream's id is the upper
 * half of the counter and the position in the stream the lower. Draw i of a stream is therefore a
 * pure function of (seed, id, i): give every task its own id and results do not depend on which
 * thread runs it, nor on what was drawn elsewhere. */
#ifndef FSCI_NUM_RANDOM_H
#define FSCI_NUM_RANDOM_H

#include <stdint.h>

typedef struct fsci_stream {
    uint64_t seed, id;
    uint64_t next;            /* index of the next 64-bit draw; set it to jump */
    uint64_t block, drawn[2]; /* drawn holds draws 2 (block - 1) and the next; none when 0 */
} fsci_stream;

/* The bijection itself, ten rounds. */
void fsci_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

fsci_stream fsci_stream_new(uint64_t seed, uint64_t id);

uint64_t fsci_random_bits(fsci_stream *stream);
double fsci_random_uniform(fsci_stream *stream); /* [0, 1), multiples of 2^-53 */
/* 0..n-1, each exactly as likely (Lemire 2019, arXiv:1805.10941, algorithm 5); 0 when n is 0.
 * Takes one draw, rarely more. */
uint64_t fsci_random_below(fsci_stream *stream, uint64_t n);
/* Standard normal by inversion: one draw each, |z| < 8.3. */
double fsci_random_normal(fsci_stream *stream);

#endif
