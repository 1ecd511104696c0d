/** The tool that imports accounts, clients and live tokens from other systems over JDBC (docs/migration). May import: everything. */
@NullMarked
package io.portcullis.migrate;

import org.jspecify.annotations.NullMarked;
