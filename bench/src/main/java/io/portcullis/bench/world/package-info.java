/** What all subjects stand on: servers, live tokens, the service behind them, and files. May import: process. */
@NullMarked
package io.portcullis.bench.world;

import org.jspecify.annotations.NullMarked;
