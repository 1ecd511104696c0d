package io.portcullis.gateway.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.web.reactive.socket.CloseStatus;

/** Writes the close frames of the gateway (RFC 6455 section 5.5.1). */
final class CloseFrame {
    private static final int FINAL_CLOSE = 0x88;
    private static final int MASKED = 0x80;
    private static final int MASK_BYTES = 4;

    private CloseFrame() {}

    /** Returns the frame for a client. The reason must have at most 123 bytes in UTF-8. */
    static ByteBuf toClient(CloseStatus status) {
        ByteBuf payload = payload(status);
        ByteBuf header = Unpooled.buffer(2).writeByte(FINAL_CLOSE).writeByte(payload.readableBytes());
        return Unpooled.wrappedBuffer(header, payload);
    }

    /**
     * Returns the frame for a service, with a mask. The mask protects what is between the peers from bytes that a script chooses (RFC 6455
     * section 10.3). The gateway chooses these bytes itself, so that a fast random number will do.
     */
    static ByteBuf toService(CloseStatus status) {
        ByteBuf payload = payload(status);
        int length = payload.readableBytes();
        byte[] mask = new byte[MASK_BYTES];
        ThreadLocalRandom.current().nextBytes(mask);
        ByteBuf frame = Unpooled.buffer(2 + MASK_BYTES + length)
                .writeByte(FINAL_CLOSE)
                .writeByte(MASKED | length)
                .writeBytes(mask);
        for (int i = 0; i < length; i++) {
            frame.writeByte(payload.getByte(i) ^ mask[i % MASK_BYTES]);
        }
        return frame;
    }

    private static ByteBuf payload(CloseStatus status) {
        byte[] reason = Objects.requireNonNullElse(status.getReason(), "").getBytes(StandardCharsets.UTF_8);
        return Unpooled.buffer(Short.BYTES + reason.length)
                .writeShort(status.getCode())
                .writeBytes(reason);
    }
}
