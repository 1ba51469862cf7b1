// What the sample company's documents say, and what they don't.

export const ANSWERED = {
  question: '',
  document: /./,
  words: /./,
};

export const NOT_IN_DOCUMENTS = '';

export const OFF_TOPIC = 'Where can I order pizza for the team tonight?';
