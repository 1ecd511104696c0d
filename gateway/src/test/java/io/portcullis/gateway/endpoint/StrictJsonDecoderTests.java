package io.portcullis.gateway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

class StrictJsonDecoderTests {
    private final List<Class<?>> built = new ArrayList<>();

    private final class Recorder extends ValueDeserializerModifier {
        private static final long serialVersionUID = 1;

        @Override
        public ValueDeserializer<?> modifyDeserializer(
                DeserializationConfig config, BeanDescription.Supplier description, ValueDeserializer<?> deserializer) {
            built.add(description.getBeanClass());
            return deserializer;
        }
    }

    /** Jackson builds under a lock, which no event loop may wait for. */
    @Test
    void decodeWhenTheTypeIsPreparedThenNothingIsBuilt() throws Exception {
        JsonMapper mapper = JsonMapper.builder()
                .addModule(new SimpleModule().setDeserializerModifier(new Recorder()))
                .build();
        StrictJsonDecoder decoder = new StrictJsonDecoder(mapper);
        decoder.prepare(RefreshTokenBody.class);
        int before = built.size();

        decoder.getMapper().readValue("{\"refreshToken\":\"pcr_x\"}", RefreshTokenBody.class);

        assertThat(built).contains(RefreshTokenBody.class).hasSize(before);
    }
}
