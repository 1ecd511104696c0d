package io.portcullis.testbed;

import java.nio.file.Path;

/**
 * A server program, and the advice to give if it does not run on this system.
 *
 * @param name the name of the product in messages
 * @param debianPackages the Debian packages with the libraries that the program needs
 * @param alternative the sentence that tells which setting to use without this program
 */
record ServerBinary(String name, Path executable, String debianPackages, String alternative) {}
