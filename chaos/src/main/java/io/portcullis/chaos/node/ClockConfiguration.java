package io.portcullis.chaos.node;

import io.portcullis.testbed.ShiftedClock;
import java.time.Clock;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Replaces the clock of the gateway by an adjustable one. */
@Configuration(proxyBeanMethods = false)
class ClockConfiguration {
    static final ShiftedClock CLOCK = new ShiftedClock();

    @Bean
    static BeanPostProcessor shiftedClock() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof Clock ? CLOCK : bean;
            }
        };
    }
}
