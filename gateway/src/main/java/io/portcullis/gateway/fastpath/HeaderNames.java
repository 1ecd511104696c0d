package io.portcullis.gateway.fastpath;

import io.netty.util.AsciiString;
import java.util.Collection;

/** An immutable, case-insensitive set of header names. Look-ups allocate no memory. */
final class HeaderNames {
    private final AsciiString[] table;
    private final int mask;

    private HeaderNames(AsciiString[] table) {
        this.table = table;
        this.mask = table.length - 1;
    }

    static HeaderNames of(Collection<String> names) {
        // The load factor is at most 1/4, so that most look-ups of an absent name end at the first slot.
        AsciiString[] table = new AsciiString[Integer.highestOneBit(Math.max(1, names.size())) * 8];
        HeaderNames set = new HeaderNames(table);
        names.forEach(name -> set.table[set.find(name)] = AsciiString.of(name));
        return set;
    }

    boolean contains(CharSequence name) {
        return table[find(name)] != null;
    }

    /** Returns the slot of the name, or the free slot where it would be added. */
    private int find(CharSequence name) {
        int index = AsciiString.hashCode(name) & mask;
        while (table[index] != null && !AsciiString.contentEqualsIgnoreCase(table[index], name)) {
            index = (index + 1) & mask;
        }
        return index;
    }
}
