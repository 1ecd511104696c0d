package io.portcullis.gateway.fastpath;

import io.netty.util.AsciiString;
import java.util.Collection;

/** A set of header names in any case, asked for without an allocation. */
final class HeaderNames {
    private final AsciiString[] table;
    private final int mask;

    private HeaderNames(AsciiString[] table) {
        this.table = table;
        this.mask = table.length - 1;
    }

    static HeaderNames of(Collection<String> names) {
        // At most a quarter full, so that what is not in it is told at the first look most of the time.
        AsciiString[] table = new AsciiString[Integer.highestOneBit(Math.max(1, names.size())) * 8];
        HeaderNames set = new HeaderNames(table);
        names.forEach(name -> set.table[set.find(name)] = AsciiString.of(name));
        return set;
    }

    boolean contains(CharSequence name) {
        return table[find(name)] != null;
    }

    /** Where the name is, or would be. */
    private int find(CharSequence name) {
        int index = AsciiString.hashCode(name) & mask;
        while (table[index] != null && !AsciiString.contentEqualsIgnoreCase(table[index], name)) {
            index = (index + 1) & mask;
        }
        return index;
    }
}
