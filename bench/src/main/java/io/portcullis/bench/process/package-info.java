/**
 * Child processes, and the CPU, memory, allocation and system call figures that the kernel and the JVM report for them. Start with {@link
 * io.portcullis.bench.process.ChildProcess}. May import: no other package of this module.
 */
@NullMarked
package io.portcullis.bench.process;

import org.jspecify.annotations.NullMarked;
