package io.portcullis.testbed;

import java.util.Locale;

/** The operating system and processor of this JVM, in the terms of the packages that contain the server binaries. */
record Platform(String system, String processor) {

    static Platform current() {
        return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    static Platform of(String osName, String osArch) {
        String name = osName.toLowerCase(Locale.ROOT);
        String system = name.startsWith("mac") ? "darwin" : name.startsWith("windows") ? "windows" : name;
        String processor = switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default -> osArch;
        };
        return new Platform(system, processor);
    }

    /** Returns whether this JVM runs as root. Servers run as root only if an argument allows it. */
    static boolean superuser() {
        return "root".equals(System.getProperty("user.name"));
    }

    @Override
    public String toString() {
        return system + "-" + processor;
    }
}
