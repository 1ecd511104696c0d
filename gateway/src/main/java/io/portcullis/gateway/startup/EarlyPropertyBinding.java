package io.portcullis.gateway.startup;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Binds the properties below {@code portcullis} before any other bean exists. Each record of properties is a bean of its own. An
 * invalid value of any of them therefore stops the start before the gateway connects to a store or migrates the schema.
 */
final class EarlyPropertyBinding implements BeanFactoryPostProcessor {
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        PropertyRecords.in(beans).keySet().forEach(beans::getBean);
    }
}
