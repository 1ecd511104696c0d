package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Base64;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** Encodes tokens and bodies in the ways in which clients may present them. */
final class BodyEncodings {
    private BodyEncodings() {}

    static String json(String token) {
        return "{\"refreshToken\":\"" + token + "\"}";
    }

    static String hex(String before, String text) {
        StringBuilder all = new StringBuilder();
        text.chars().forEach(c -> all.append(before).append("%02x".formatted(c)));
        return all.toString();
    }

    static byte[] in(String charset, String text) {
        return text.getBytes(Charset.forName(charset));
    }

    static byte[] gzip(byte[] text) {
        var target = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(target)) {
            gzip.write(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return target.toByteArray();
    }

    static byte[] deflate(byte[] text) {
        var target = new ByteArrayOutputStream();
        try (var deflate = new DeflaterOutputStream(target)) {
            deflate.write(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return target.toByteArray();
    }

    static String wrapped(String token) {
        return Base64.getMimeEncoder().encodeToString((":" + token).getBytes(UTF_8));
    }

    static byte[] part(String encoding, String content) {
        return ("--b\r\nContent-Disposition: form-data; name=\"refreshToken\"\r\nContent-Transfer-Encoding: " + encoding
                        + "\r\n\r\n" + content + "\r\n--b--\r\n")
                .getBytes(UTF_8);
    }
}
