@NullMarked
package io.portcullis.service;

import org.jspecify.annotations.NullMarked;
