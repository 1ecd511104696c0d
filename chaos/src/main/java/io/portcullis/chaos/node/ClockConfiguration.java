package io.portcullis.chaos.node;

import java.time.Clock;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts a clock that can be moved in the place of the gateway's. */
@Configuration(proxyBeanMethods = false)
class ClockConfiguration {
    @Bean
    static BeanPostProcessor shiftedClock() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof Clock ? new ShiftedClock() : bean;
            }
        };
    }
}
