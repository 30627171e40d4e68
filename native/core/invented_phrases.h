#pragma once

#include <string_view>

namespace cpw {

// What Whisper writes where nobody speaks: the ends of the subtitled videos that it learned from.
struct InventedPhrase {
  std::string_view text;  // its case and punctuation do not count
  bool goes_on = false;   // anything may follow, such as a name
};

// By language. Short answers that people give ("no", "ok") do not belong here.
inline constexpr InventedPhrase kInventedPhrases[] = {
    // English
    {"thank you"},
    {"thank you very much"},
    {"thank you for watching"},
    {"thank you so much for watching"},
    {"thanks for watching"},
    {"thanks for listening"},
    {"please subscribe", true},
    {"like and subscribe"},
    {"don't forget to subscribe", true},
    {"see you next time"},
    {"see you in the next video"},
    {"bye"},
    {"bye bye"},
    {"you"},
    {"subtitles by", true},
    {"captions by", true},
    {"captioning by", true},
    {"transcription by", true},
    {"transcribed by", true},
    {"translated by", true},
    // German
    {"untertitel", true},
    {"vielen dank"},
    {"vielen dank fürs zuschauen"},
    {"danke fürs zuschauen"},
    {"bis zum nächsten mal"},
    {"copyright", true},
    // French
    {"sous-titres", true},
    {"sous-titrage", true},
    {"merci d'avoir regardé", true},
    {"abonnez-vous", true},
    // Spanish, Portuguese, Italian
    {"subtítulos", true},
    {"gracias por ver el video"},
    {"gracias por ver el vídeo"},
    {"suscríbete", true},
    {"legendas", true},
    {"obrigado por assistir"},
    {"sottotitoli", true},
    {"grazie per la visione"},
    // Dutch, Polish, Turkish
    {"ondertiteling", true},
    {"ondertiteld door", true},
    {"bedankt voor het kijken"},
    {"napisy", true},
    {"dziękuję za uwagę"},
    {"dziękuję za oglądanie"},
    {"altyazı", true},
    {"izlediğiniz için teşekkür ederim"},
    {"izlediğiniz için teşekkürler"},
    // Russian, Ukrainian
    {"субтитры", true},
    {"редактор субтитров", true},
    {"спасибо за просмотр"},
    {"продолжение следует"},
    {"дякую за перегляд"},
    // Arabic, Hindi
    {"ترجمة", true},
    {"شكرا للمشاهدة"},
    {"اشتركوا في القناة"},
    {"देखने के लिए धन्यवाद"},
    {"वीडियो देखने के लिए धन्यवाद"},
    {"सब्सक्राइब", true},
    // Japanese, Korean, Chinese
    {"ご視聴ありがとうございました"},
    {"最後までご視聴いただきありがとうございます"},
    {"チャンネル登録", true},
    {"시청해 주셔서 감사합니다"},
    {"시청해주셔서 감사합니다"},
    {"구독과 좋아요", true},
    {"谢谢观看"},
    {"感谢观看"},
    {"謝謝觀看"},
    {"字幕", true},
    {"请不吝点赞", true},
    {"請不吝點贊", true},
};

}  // namespace cpw
