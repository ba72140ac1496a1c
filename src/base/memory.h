/* memory: how much of it the machine has to give. */
#ifndef FSCI_BASE_MEMORY_H
#define FSCI_BASE_MEMORY_H

/* Bytes that can be had without swapping, as the kernel estimates it (MemAvailable); what sysconf
 * says is free when it does not. */
double fsci_memory_available(void);

#endif
