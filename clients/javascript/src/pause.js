/** Resolves after that number of milliseconds. */
export const pause = millis => new Promise(resolve => setTimeout(resolve, millis));
