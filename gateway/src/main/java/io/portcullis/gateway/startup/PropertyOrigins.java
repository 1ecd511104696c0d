package io.portcullis.gateway.startup;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.io.Resource;

/** Formats the place where a property is set, for error messages. */
public final class PropertyOrigins {
    private PropertyOrigins() {}

    /**
     * Returns a suffix such as {@code " (config/routes.yaml, line 12)"}, with its leading space. Empty if the origin is
     * {@code null}. A file below the working directory has a relative path.
     */
    public static String text(@Nullable Origin origin) {
        if (origin == null) {
            return "";
        }
        if (origin instanceof PropertySourceOrigin wrapper && wrapper.getOrigin() != null) {
            return text(wrapper.getOrigin());
        }
        if (origin instanceof TextResourceOrigin text && text.getLocation() != null) {
            return " (" + file(text.getResource()) + ", line "
                    + (text.getLocation().getLine() + 1) + ")";
        }
        return " (" + origin + ")";
    }

    private static String file(@Nullable Resource resource) {
        if (resource == null) {
            return "a file";
        }
        try {
            return relative(resource.getFile().toPath());
        } catch (IOException | UnsupportedOperationException e) {
            return resource.getDescription();
        }
    }

    /** Returns the path of a file, relative to the working directory if the file is below it. */
    public static String relative(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Path here = Path.of("").toAbsolutePath();
        return absolute.startsWith(here) ? here.relativize(absolute).toString() : absolute.toString();
    }
}
