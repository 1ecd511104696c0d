package io.portcullis.testbed;

import java.nio.file.Path;

/**
 * A program that can be run, and what to tell whom it does not run for.
 *
 * @param debianPackages the Debian packages with the libraries that the program needs
 * @param alternative the sentence that says what to set to do without this program
 */
record ServerBinary(String name, Path executable, String debianPackages, String alternative) {}
