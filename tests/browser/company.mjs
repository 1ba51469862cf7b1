// What the sample company's documents say, and what they don't.

export const ANSWERED = {
  question: 'Up to which value may I accept a gift from a supplier?',
  document: /Gifts and Hospitality/i,
  words: /EUR 50\b/,
};

export const NOT_IN_DOCUMENTS =
  'Is there a most favored customer clause in the CloudHarbor agreement?';

// The handbook and the travel policy name different amounts.
export const CONTRADICTED = {
  question: 'How much is reimbursed per kilometre for using a private car?',
  values: [/0\.35/, /0\.38/],
};

export const OFF_TOPIC = 'Where can I order pizza for the team tonight?';
