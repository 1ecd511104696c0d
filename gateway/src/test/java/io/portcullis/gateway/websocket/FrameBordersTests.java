package io.portcullis.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class FrameBordersTests {
    private static final int[] LENGTHS = {0, 1, 125, 126, 127, 300, 65_535, 65_536, 70_000};

    private final FrameBorders borders = new FrameBorders();

    private static ByteBuf frame(int opcode, int length, boolean masked, Random random) {
        ByteBuf frame = Unpooled.buffer().writeByte(random.nextInt(16) << 4 | opcode);
        int mask = masked ? 0x80 : 0;
        if (length < 126) {
            frame.writeByte(mask | length);
        } else if (length < 65_536) {
            frame.writeByte(mask | 126).writeShort(length);
        } else {
            frame.writeByte(mask | 127).writeLong(length);
        }
        byte[] rest = new byte[length + (masked ? 4 : 0)];
        random.nextBytes(rest);
        return frame.writeBytes(rest);
    }

    @RepeatedTest(50)
    void followWhenFramesAreSplitAnywhereThenABorderIsWhereAFrameEnds(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        ByteBuf stream = Unpooled.buffer();
        List<Integer> ends = new ArrayList<>(List.of(0));
        for (int i = 0; i < 20; i++) {
            int length = LENGTHS[random.nextInt(LENGTHS.length)];
            stream.writeBytes(frame(random.nextInt(8), length, random.nextBoolean(), random));
            ends.add(stream.writerIndex());
        }

        while (stream.isReadable()) {
            int most = random.nextBoolean() ? 5 : 100_000;
            ByteBuf part = stream.readSlice(1 + random.nextInt(Math.min(most, stream.readableBytes())));
            if (random.nextBoolean()) {
                borders.follow(part);
            } else {
                int before = stream.readerIndex() - part.readableBytes();
                int counted = borders.followToBorder(part);
                int next =
                        ends.stream().filter(end -> end >= before).findFirst().orElseThrow();
                assertThat(counted).isEqualTo(Math.min(next - before, part.readableBytes()));
                borders.follow(part.skipBytes(counted));
            }
            assertThat(borders.isAtBorder()).isEqualTo(ends.contains(stream.readerIndex()));
        }

        assertThat(borders.isClosed()).isFalse();
    }

    @Test
    void followWhenACloseFrameHasPassedThenClosed() {
        borders.follow(Unpooled.wrappedBuffer(new byte[] {(byte) 0x88}));
        assertThat(borders.isClosed()).isFalse();

        borders.follow(Unpooled.wrappedBuffer(new byte[] {2, 3, (byte) 0xe8}));

        assertThat(borders.isClosed()).isTrue();
        assertThat(borders.isAtBorder()).isTrue();
    }

    @Test
    void followWhenALengthIsIllegalThenTheFrameHasNoEnd() {
        borders.follow(
                Unpooled.buffer().writeByte(0x82).writeByte(127).writeLong(-1).writeZero(100));

        assertThat(borders.isAtBorder()).isFalse();
        assertThat(borders.followToBorder(Unpooled.buffer().writeZero(100))).isEqualTo(100);
    }
}
